"""Who did what is written down once, for good, and whoever follows the record misses nothing."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from asgi_correlation_id import correlation_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kernel.activity import (
    APPEND_ONLY,
    Activity,
    ActivityEpoch,
    ActivityPage,
    FeedQuery,
    HistoryQuery,
    feed,
    history,
    record,
)
from app.kernel.audiences import Audience, UndeclaredVerb, audiences
from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.kernel.paging import InvalidCursor
from tests.kernel.probes import ELSEWHERE, HERE, Probe, Someone
from tests.server import Urls
from tests.sizes import examples

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
    with pytest.raises(InvalidCursor) as refused:
        await feed(
            db, Someone(), EVERYTHING, FeedQuery.model_validate({"after": first.next_cursor})
        )
    assert [fault.pointer for fault in refused.value.errors] == ["#/query/after"]


class Poller:
    """Follows the record of a scope, and remembers its place.

    Open transactions of the whole server hold rows back, those of tests beside this one too; so
    what has to come is waited for.
    """

    def __init__(self, database: Database, scope_id: UUID = HERE, limit: int = 200) -> None:
        self._database = database
        self._statement = EVERYTHING.where(Activity.scope_id == scope_id)
        self._limit = limit
        self._after: str | None = None
        self.seen: list[str] = []

    async def poll(self) -> list[str]:
        """The verbs of what is new."""
        query = FeedQuery.model_validate({"after": self._after, "limit": self._limit})
        async with self._database.transaction() as db:
            page = await feed(db, Someone(), self._statement, query)
        self._after = page.next_cursor
        new = [row.verb for row in page.items]
        self.seen += new
        return new

    async def await_all(self, count: int) -> list[str]:
        """All that was seen, once it is so many and nothing follows."""
        while len(self.seen) < count:
            await self.poll()
        await self.poll()
        return self.seen


class NaivePoller:
    """The planted fault: remembers the greatest position that it has seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after = 0

    async def poll(self) -> list[str]:
        beyond = EVERYTHING.where(Activity.position > self._after).order_by(Activity.position)
        async with self._database.transaction() as db:
            rows = list(await db.scalars(beyond))
        self._after = max([self._after, *(row.position for row in rows)])
        return [row.verb for row in rows]


async def write(db: AsyncSession, verb: str, scope_id: UUID = HERE) -> None:
    audiences(to_all=[verb])
    record(db, Someone(), verb, thing(scope_id))
    await db.flush()


async def test_a_row_that_is_committed_late_is_not_missed(settled: Database) -> None:
    poller, naive = Poller(settled), NaivePoller(settled)

    async with settled.sessions() as slow, settled.transaction() as fast:
        await write(slow, "probe.slow")
        await write(fast, "probe.fast")
        await fast.commit()
        assert await naive.poll() == ["probe.fast"]
        assert await poller.poll() == [], "held back: the slow one may still come before it"
        await slow.commit()

    assert await naive.poll() == [], "the planted fault no longer shows what the test is for"
    assert await poller.await_all(2) == ["probe.slow", "probe.fast"]


async def test_what_began_later_does_not_hold_back_what_is_done(settled: Database) -> None:
    poller = Poller(settled)
    async with settled.transaction() as db:
        await write(db, "probe.done")

    async with settled.sessions() as still_open:
        await write(still_open, "probe.open")
        assert await poller.await_all(1) == ["probe.done"]
        await still_open.rollback()

    async with settled.transaction() as db:
        await write(db, "probe.next")
    assert await poller.await_all(2) == ["probe.done", "probe.next"]


WRITERS = 4

steps = st.lists(
    st.tuples(
        st.integers(0, WRITERS - 1), st.sampled_from(["write", "commit", "roll back", "poll"])
    ),
    max_size=30,
)


@settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=steps, limit=st.integers(1, 3))
async def test_however_writers_interleave_each_row_is_told_once(
    settled: Database, script: list[tuple[int, str]], limit: int
) -> None:
    scope = new_id()
    poller, written = Poller(settled, scope, limit), 0
    pending: list[list[str]] = [[] for _ in range(WRITERS)]
    committed: list[str] = []
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(settled.sessions()) for _ in range(WRITERS)]
        for number, step in script:
            match step:
                case "write":
                    written += 1
                    await write(writers[number], f"probe.{written}", scope)
                    pending[number].append(f"probe.{written}")
                case "commit":
                    await writers[number].commit()
                    committed += pending[number]
                    pending[number] = []
                case "roll back":
                    await writers[number].rollback()
                    pending[number] = []
                case _:
                    await poller.poll()

    assert sorted(await poller.await_all(len(committed))) == sorted(committed)


async def test_many_writers_at_once_are_all_followed(settled: Database) -> None:
    poller = Poller(settled, limit=7)

    async def write_some(number: int) -> None:
        for turn in range(10):
            async with settled.transaction() as db:
                await write(db, f"probe.{number}.{turn}.a")
                await write(db, f"probe.{number}.{turn}.b")

    following = asyncio.create_task(poller.await_all(8 * 10 * 2))
    await asyncio.gather(*(write_some(number) for number in range(8)))
    verbs = await following

    assert len(verbs) == len(set(verbs)) == 8 * 10 * 2
    assert [verb[:-1] for verb in verbs[::2]] == [verb[:-1] for verb in verbs[1::2]]


async def test_a_restored_database_goes_on_after_its_past(db: AsyncSession) -> None:
    """Transaction numbers begin anew there, so an epoch stands before them in the order."""
    await write(db, "probe.before")
    values = {"noun": "probe", "subject_id": new_id(), "scope_id": HERE, "detail": {}}
    values |= {"verb": "probe.far_ahead", "occurred_at": datetime(2026, 3, 2, tzinfo=UTC)}
    await db.execute(insert(Activity).values(**values, transaction_id=10**15))
    query = FeedQuery(limit=200)
    held_back = await feed(db, Someone(), EVERYTHING, query)
    db.add(ActivityEpoch())
    await db.flush()
    await write(db, "probe.after")

    page = await feed(db, Someone(), EVERYTHING, query)

    assert [row.verb for row in held_back.items] == ["probe.before"]
    assert [row.verb for row in page.items] == ["probe.before", "probe.far_ahead", "probe.after"]
    later = await feed(
        db, Someone(), EVERYTHING, FeedQuery.model_validate({"after": page.next_cursor})
    )
    assert (later.items, later.next_cursor) == ([], page.next_cursor)


async def test_the_feed_is_of_what_may_be_seen(db: AsyncSession) -> None:
    await write(db, "probe.here")
    await write(db, "probe.elsewhere", ELSEWHERE)

    page = await feed(db, Someone(), EVERYTHING.where(Activity.scope_id == ELSEWHERE), FeedQuery())

    assert [row.verb for row in page.items] == ["probe.elsewhere"]


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

    query, follow = HistoryQuery(include_total=True), FeedQuery(include_total=True)
    everything = (["probe.created", "probe.held", "probe.opened"], 3)
    rest = (["probe.created", "probe.opened"], 2)
    assert shown(await history(db, told, subject, query)) == everything
    assert shown(await feed(db, told, EVERYTHING, follow)) == everything
    assert shown(await history(db, other, subject, query)) == rest
    assert shown(await feed(db, other, EVERYTHING, follow)) == rest
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
