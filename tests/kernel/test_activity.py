"""Who did what is written down once, for good, and told of each thing as its history."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from asgi_correlation_id import correlation_id
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kernel.activity import (
    APPEND_ONLY,
    Activity,
    ActivityPage,
    HistoryQuery,
    history,
    record,
)
from app.kernel.audiences import Audience, UndeclaredVerb, audiences
from app.kernel.clock import FixedClock
from app.kernel.db import new_id
from app.kernel.paging import InvalidCursor
from tests.kernel.probes import HERE, Probe, Someone
from tests.server import Urls

EVERYTHING = select(Activity)


def thing(scope_id: UUID = HERE) -> Probe:
    return Probe(id=new_id(), scope_id=scope_id)


async def test_a_row_says_who_did_what_to_what_and_when(
    db: AsyncSession, clock: FixedClock
) -> None:
    found, owner = thing(), new_id()
    service = Someone(owner_id=owner)
    correlation_id.set("request-7")
    before = datetime.now(UTC)

    record(
        db,
        service,
        "probe.submitted",
        found,
        from_status="draft",
        to_status="open",
        reason="It is time.",
        detail={"fields": ["name"]},
    )
    await db.flush()

    row = (await db.scalars(EVERYTHING)).one()
    assert (row.noun, row.subject_id, row.scope_id) == ("probe", found.id, HERE)
    assert (row.verb, row.from_status, row.to_status) == ("probe.submitted", "draft", "open")
    assert (row.account_id, row.person_id) == (service.account_id, owner)
    assert (row.reason, row.detail) == ("It is time.", {"fields": ["name"]})
    assert row.request_id == "request-7"
    assert row.occurred_at == clock.now()
    assert (
        before - timedelta(seconds=5) < row.recorded_at < datetime.now(UTC) + timedelta(seconds=5)
    )


async def test_what_happened_long_ago_is_dated_back_and_recorded_now(
    db: AsyncSession, clock: FixedClock
) -> None:
    clock.set(datetime(2020, 4, 21, 8, 30, tzinfo=UTC))
    record(db, Someone(), "probe.created", thing())
    await db.flush()

    row = (await db.scalars(EVERYTHING)).one()

    assert row.occurred_at == datetime(2020, 4, 21, 8, 30, tzinfo=UTC)
    assert row.recorded_at > datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE activity SET reason = 'another'",
        "DELETE FROM activity",
        "TRUNCATE activity",
        "UPDATE activity SET recorded_at = recorded_at",
    ],
)
async def test_not_even_the_owner_changes_what_is_recorded(
    owner: AsyncConnection, change: str
) -> None:
    values = {"noun": "probe", "subject_id": new_id(), "scope_id": HERE, "verb": "probe.made"}
    at = datetime(2026, 3, 2, tzinfo=UTC)
    await owner.execute(insert(Activity).values(**values, detail={}, occurred_at=at))
    # What follows from a row at the end of its transaction would stand before the refusal.
    await owner.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

    with pytest.raises(DBAPIError) as refused:
        await owner.execute(text(change))

    cause = refused.value.orig
    assert isinstance(cause, psycopg.Error)
    assert cause.diag.constraint_name == "activity_append_only"
    assert cause.diag.message_primary == "activity is append-only"


async def test_the_application_has_no_grant_to_change_it(db: AsyncSession, urls: Urls) -> None:
    owner = await db.scalar(text("SELECT tableowner FROM pg_tables WHERE tablename = 'activity'"))
    if owner == urls.role:
        pytest.skip(reason="one role owns and uses it: PLN_TEST_APPLICATION_URL names another")
    privileges = text("SELECT has_table_privilege(:table, 'UPDATE, DELETE, TRUNCATE')")

    for table in sorted(APPEND_ONLY):
        assert await db.scalar(privileges, {"table": table}) is False, table
    assert await db.scalar(privileges, {"table": "endorsements"}) is True, "it could be so"
    with pytest.raises(ProgrammingError, match="permission denied for table activity"):
        await db.execute(text("DELETE FROM activity"))


async def test_the_history_of_a_thing_is_its_own(db: AsyncSession) -> None:
    mine, other, actor = thing(), thing(), Someone()
    for verb, subject in [("created", mine), ("created", other), ("opened", mine), ("held", mine)]:
        record(db, actor, f"probe.{verb}", subject)
        await db.flush()

    first = await history(db, actor, mine, HistoryQuery(limit=2, include_total=True))
    rest = await history(db, actor, mine, HistoryQuery(limit=2, cursor=first.next_cursor))

    assert [row.verb for row in first.items] == ["probe.created", "probe.opened"]
    assert [row.verb for row in rest.items] == ["probe.held"]
    assert (first.total_count, rest.next_cursor) == (3, None)
    with pytest.raises(InvalidCursor):
        await history(db, actor, other, HistoryQuery(limit=2, cursor=first.next_cursor))


async def test_what_one_is_not_of_the_audience_of_is_neither_shown_nor_counted(
    db: AsyncSession,
) -> None:
    subject, told, other = thing(), Someone(), Someone()
    other.deaf_to = frozenset({"probe.held"})
    for verb in ("created", "held", "opened"):
        record(db, told, f"probe.{verb}", subject)
        await db.flush()

    def shown(page: ActivityPage) -> tuple[list[str], int | None]:
        return [row.verb for row in page.items], page.total_count

    query = HistoryQuery(include_total=True)
    everything = ["probe.created", "probe.held", "probe.opened"]
    assert shown(await history(db, told, subject, query)) == (everything, 3)
    rest = ["probe.created", "probe.opened"]
    assert shown(await history(db, other, subject, query)) == (rest, 2)
    first = await history(db, other, subject, HistoryQuery(limit=1))
    second = await history(db, other, subject, HistoryQuery(limit=1, cursor=first.next_cursor))
    assert ([row.verb for row in second.items], second.next_cursor) == (["probe.opened"], None)


async def test_what_has_no_audience_is_not_recorded(db: AsyncSession) -> None:
    with pytest.raises(UndeclaredVerb, match=r"probe\.whispered"):
        record(db, Someone(), "probe.whispered", thing())
    assert list(await db.scalars(EVERYTHING)) == []


def test_a_verb_has_one_audience() -> None:
    assert audiences(to_all=["probe.sung"], to_team=["probe.hummed"]) == {
        "probe.sung": Audience.ALL,
        "probe.hummed": Audience.TEAM,
    }
    audiences(to_all=["probe.sung"])
    for said in (
        {"to_team": ["probe.sung"]},
        {"to_all": ["probe.cried"], "to_parties": ["probe.cried"]},
    ):
        with pytest.raises(ValueError, match="has two audiences"):
            audiences(**said)
