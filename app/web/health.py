"""Whether this process lives, whether it may be sent requests, and how it takes its leave.

On SIGTERM `/readyz` answers 503 at once; the server stops listening `drain_seconds` later, so that
a load balancer has noticed by then, and lets the requests that are running finish.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Any

import structlog
from alembic.script import ScriptDirectory
from fastapi import APIRouter, FastAPI, Request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from app.installation import migrations
from app.kernel.db import Database
from app.kernel.errors import Unavailable

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 0.9

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> JSONResponse:
    """200 as long as the process answers at all; touches nothing."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """200 when requests may be sent here; otherwise 503 with the reason, within a second."""
    reason = await why_not_ready(request.app)
    if reason:
        raise Unavailable(reason, headers={"Retry-After": "1"})
    return JSONResponse({"status": "ready"})


async def why_not_ready(app: FastAPI) -> str | None:
    """What keeps `app` from being sent requests; None when nothing does."""
    if app.state.draining:
        return "The service is stopping."
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            revision = await _revision(app.state.database)
    except (TimeoutError, SQLAlchemyError):
        return "The database does not answer."
    if revision is None or revision in _outgrown():
        return "The database is not migrated."
    return None


async def _revision(database: Database) -> str | None:
    async with database.read() as connection:
        found = await connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
        if not found.scalar_one():
            return None
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return found.scalar_one_or_none()


@cache
def _outgrown() -> frozenset[str]:
    """The revisions before the head. One that is not known here belongs to a newer release, which
    migrates before its processes replace these, and keeps what these need."""
    script = ScriptDirectory.from_config(migrations.configuration())
    heads = set(script.get_heads())
    return frozenset(step.revision for step in script.walk_revisions()) - heads


@contextmanager
def draining(app: FastAPI, seconds: float) -> Generator[None]:
    """Within this block SIGTERM is noticed first by `app`, and `seconds` later by the server.

    Outside the main thread, where signals cannot be handled, it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    servers = signal.getsignal(signal.SIGTERM)
    loop = asyncio.get_running_loop()

    def begin(number: int, frame: FrameType | None) -> None:
        if not app.state.draining:
            app.state.draining = True
            loop.call_soon_threadsafe(_stop_later, loop, seconds, servers, number, frame)

    signal.signal(signal.SIGTERM, begin)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, servers)


def _stop_later(
    loop: asyncio.AbstractEventLoop,
    seconds: float,
    servers: Callable[[int, FrameType | None], Any] | int | None,
    number: int,
    frame: FrameType | None,
) -> None:
    log.info("draining", seconds=seconds)
    if callable(servers):
        loop.call_later(seconds, servers, number, frame)
    else:
        loop.call_later(seconds, signal.raise_signal, number)
