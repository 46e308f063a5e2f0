"""Who calls a verb is proved on a connection that no list keeps busy."""

import asyncio

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from tests.conftest import client_of
from tests.people.identity.people import People
from tests.server import settings_for


async def test_no_verb_waits_for_those_who_read(settled: Database, clock: FixedClock) -> None:
    url = settled.engine.url.render_as_string(hide_password=False)
    narrow = settings_for(url).model_copy(
        update={"database_pool_size": 3, "database_pool_timeout_seconds": 0.5}
    )
    ada = await People(settled, narrow).person()
    database = Database.connect(narrow, clock)
    assert database.readers is not None
    async with client_of(create_app(narrow, clock=clock, database=database)) as client:
        await client.get("/v1/me", headers=ada.headers)
        reading = asyncio.create_task(database.readers.ask(b"SELECT pg_sleep(1.5)", []))
        await asyncio.sleep(0.1)
        verb = await client.patch(
            "/v1/me", json={"name": "Ada King"}, headers={**ada.headers, "If-Match": "*"}
        )
        read = await client.get("/v1/me", headers=ada.headers)
        await reading
    await database.dispose()

    assert (verb.status_code, verb.json()["name"]) == (200, "Ada King")
    assert (read.status_code, read.json()["code"]) == (503, "unavailable")


async def test_what_was_let_go_of_is_opened_anew(settled: Database) -> None:
    for _ in range(2):
        assert await settled.ask(b"SELECT 1", []) == [(1,)]
        await settled.dispose()
