"""Rounds of the clock."""

from structlog.testing import capture_logs

from app.background import jobs
from app.background.jobs import Work
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from app.settings import Settings


async def test_only_a_round_that_did_something_is_told_of(
    database: Database, settings: Settings
) -> None:
    async def idle(_database: Database, _clock: Clock) -> int:
        return 0

    async def busy(_database: Database, _clock: Clock) -> int:
        return 2

    work = Work(database, settings, actor_of)
    with capture_logs() as logged:
        await jobs._timed("idle", idle, work)(60)  # pyright: ignore[reportPrivateUsage]
        await jobs._timed("busy", busy, work)(60)  # pyright: ignore[reportPrivateUsage]

    told = [(line["log_level"], line["name"], line["count"]) for line in logged]
    assert told == [("debug", "idle", 0), ("info", "busy", 2)]
