"""The time is what the injected clock says, also on the rows."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock, SystemClock, now
from app.kernel.db import Database
from app.kernel.editing import amend
from tests.conftest import START
from tests.kernel.probes import probe


def test_the_systems_clock_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)

    at = SystemClock().now()

    assert before <= at <= datetime.now(UTC)
    assert at.tzinfo is UTC


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert clock.now().tzinfo is UTC

    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 3, 3, 9, tzinfo=UTC)

    clock.set(datetime(2020, 4, 21, 1, tzinfo=timezone(timedelta(hours=-2))))
    assert clock.now() == datetime(2020, 4, 21, 3, tzinfo=UTC)


async def test_every_session_carries_the_clock(database: Database, clock: FixedClock) -> None:
    async with database.transaction() as db:
        assert now(db) == now(db.sync_session) == clock.now() == START
        clock.advance(timedelta(seconds=1))
        assert now(db) == START + timedelta(seconds=1)


@pytest.mark.usefixtures("probes")
async def test_rows_are_stamped_by_it_and_versioned_when_they_change(
    db: AsyncSession, clock: FixedClock
) -> None:
    thing = probe()
    db.add(thing)
    await db.flush()
    assert (thing.version, thing.created_at, thing.updated_at) == (1, START, START)

    clock.advance(timedelta(hours=1))
    assert amend(thing, {"name": "Probe", "amount": 0}) == []
    await db.flush()
    assert (thing.version, thing.updated_at) == (1, START)

    assert amend(thing, {"name": "Another", "amount": 0}) == ["name"]
    await db.flush()
    assert (thing.version, thing.created_at) == (2, START)
    assert thing.updated_at == START + timedelta(hours=1)
