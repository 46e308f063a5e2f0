"""What a process of the API opens before its first request and closes after its last."""

import gc
import multiprocessing
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from multiprocessing import connection
from threading import Thread

from fastapi import FastAPI

from app.installation import logs
from app.installation.telemetry import Meters
from app.kernel.db import Database
from app.settings import Settings
from app.web import health


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """The pool, the log, the metrics and the drain; a database that was given is left open."""
    settings: Settings = app.state.settings
    logs.configure(settings.log_level)
    _follow_the_starter()
    given: Database | None = app.state.database
    app.state.database = given or Database.connect(settings, app.state.clock)
    with ExitStack() as open_things:
        open_things.enter_context(health.draining(app, settings.drain_seconds))
        _publish(app.state.meters, settings, app.state.database, open_things)
        _spare_what_stays()
        yield
    if given is None:
        await app.state.database.dispose()


def _spare_what_stays() -> None:
    """Keep the collector from looking through the application at every turn, which is a quarter of
    the time of a request: what was made until now is there to stay."""
    gc.collect()
    gc.freeze()


def _publish(
    meters: Meters | None, settings: Settings, database: Database, open_things: ExitStack
) -> None:
    if meters is None or settings.metrics_port is None:
        return
    meters.watch_pool(database)
    open_things.enter_context(
        meters.published(settings.host, settings.metrics_port, settings.workers)
    )


def _follow_the_starter() -> None:
    """Let one process of several end when the one that started them is killed: it would keep the
    port."""
    if starter := multiprocessing.parent_process():
        Thread(target=_end_after, args=(starter.sentinel,), name="follow", daemon=True).start()


def _end_after(starter: int) -> None:
    connection.wait([starter])
    os.kill(os.getpid(), signal.SIGTERM)
