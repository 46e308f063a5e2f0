"""Ready is who can answer: with a database there, migrated, and no signal to stop."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import httpx
import psycopg
import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from app.settings import Settings
from tests.conftest import START
from tests.contract.recorder import Listening
from tests.server import Urls, recreate, settings_for


@asynccontextmanager
async def asked(settings: Settings, *, draining: bool = False) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a process with these settings."""
    database = Database.connect(settings, FixedClock(START))
    app = create_app(settings, clock=database.clock, database=database)
    app.state.draining = draining
    transport = Listening(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client
    await database.dispose()


async def readiness(settings: Settings, *, draining: bool = False) -> tuple[int, Any]:
    """The status, and `status` or the reason."""
    async with asked(settings, draining=draining) as client:
        answer = await client.get("/readyz")
        assert (await client.get("/healthz")).json() == {"status": "ok"}
    if answer.is_success:
        return answer.status_code, answer.json()["status"]
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["code"] == "unavailable"
    return answer.status_code, answer.json()["detail"]


async def test_a_migrated_database_is_ready(settings: Settings) -> None:
    assert await readiness(settings) == (200, "ready")


async def test_who_stops_is_not_ready(settings: Settings) -> None:
    assert await readiness(settings, draining=True) == (503, "The service is stopping.")


async def test_an_empty_database_is_not_ready(urls: Urls, worker_id: str) -> None:
    name = f"pln_empty_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name)
    expected = (503, "The database is not migrated.")
    assert await readiness(settings_for(urls.app(name))) == expected


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        ("0001", (503, "The database is not migrated.")),
        ("9999", (200, "ready")),
    ],
)
async def test_an_older_database_is_not_ready_and_a_newer_one_is(
    urls: Urls, settled: Database, revision: str, expected: tuple[int, str]
) -> None:
    """A newer release migrates before its processes replace these."""
    name = settled.engine.url.database or ""
    with psycopg.connect(urls.owner(name).replace("+psycopg", "")) as owner:
        owner.execute("UPDATE alembic_version SET version_num = %s", [revision])
    assert await readiness(settings_for(urls.app(name))) == expected


@pytest.mark.parametrize("is_listening", [True, False])
async def test_a_database_that_says_nothing_is_told_within_a_second(
    settings: Settings, *, is_listening: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        if not is_listening:
            silent.close()
        url = f"postgresql+psycopg://pln@127.0.0.1:{port}/pln"
        nowhere = settings.model_copy(update={"database_url": url})
        started = monotonic()
        assert await readiness(nowhere) == (503, "The database does not answer.")
        assert monotonic() - started < 2
