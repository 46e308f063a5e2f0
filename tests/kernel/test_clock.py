"""The time is what the injected clock says, also on the rows."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Date, Text, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import (
    FixedClock,
    SystemClock,
    beginning,
    beginning_in_sql,
    day,
    day_in_sql,
    network_zone,
    now,
    today,
)
from app.kernel.db import Database
from app.kernel.editing import amend
from app.settings import Settings
from tests.conftest import START
from tests.kernel.probes import probe
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight


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
    assert amend(thing, {"name": "Probe", "amount": 0}) == {}
    await db.flush()
    assert (thing.version, thing.updated_at) == (1, START)

    assert amend(thing, {"name": "Another", "amount": 0}) == {
        "name": {"from": "Probe", "to": "Another"}
    }
    await db.flush()
    assert (thing.version, thing.created_at) == (2, START)
    assert thing.updated_at == START + timedelta(hours=1)


@each_midnight
async def test_a_day_begins_where_it_is(
    database: Database, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    """In Python and in SQL, the zone given or in a column."""
    last, following = date.fromisoformat(LAST_DAY), date.fromisoformat(NEXT_DAY)
    of_row = literal(zone, Text())
    async with database.transaction() as db:
        for at, on in ((midnight - INSTANT_BEFORE, last), (midnight, following)):
            clock.set(at)
            assert day(at, zone) == today(db, zone) == today(db.sync_session, zone) == on
            assert await db.scalar(select(day_in_sql(at, of_row))) == on
        assert beginning(following, zone) == midnight
        in_sql = select(beginning_in_sql(literal(last, Date()) + 1, of_row))
        assert await db.scalar(in_sql) == midnight


async def test_the_network_has_its_days_in_the_zone_that_is_set(
    database: Database, settings: Settings, clock: FixedClock
) -> None:
    async with database.transaction() as db:
        assert network_zone(db) == settings.timezone == "UTC"
    far = settings.model_copy(update={"timezone": "Pacific/Auckland"})
    set_so = Database.connect(far, clock)
    async with set_so.sessions() as db:
        assert network_zone(db) == network_zone(db.sync_session) == "Pacific/Auckland"
    await set_so.dispose()
