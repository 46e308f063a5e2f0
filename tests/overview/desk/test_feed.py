"""Whoever follows the record misses nothing, and is told nothing twice or that is not for them."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity, ActivityEpoch, HistoryQuery, history, record
from app.kernel.audiences import audiences
from app.kernel.db import Database, new_id
from app.kernel.paging import InvalidCursor
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from app.people.reads.reader import Reader
from tests.kernel.probes import HERE, Probe, Someone
from tests.overview.desk.asking import ADMINISTRATOR, somebody, told
from tests.people.identity.people import People
from tests.sizes import examples


async def write(
    db: AsyncSession, verb: str, scope_id: UUID = HERE, by: Someone | None = None
) -> None:
    audiences(to_all=[verb])
    record(db, by or Someone(), verb, Probe(id=new_id(), scope_id=scope_id))
    await db.flush()


@pytest.fixture
async def ann(settled: Database) -> Reader:
    """An administrator of the settled database."""
    return await somebody(settled, ADMINISTRATOR)


class Poller:
    """Follows what somebody writes, or everybody, and remembers its place.

    Open transactions of the whole server hold rows back, those of tests beside this one too; so
    what has to come is waited for.
    """

    def __init__(self, reader: Reader, writer: Someone | None = None, limit: int = 200) -> None:
        self._reader = reader
        self._asked = {"limit": limit} | ({"account_id": writer.account_id} if writer else {})
        self.seen: list[str] = []

    async def poll(self) -> list[str]:
        """The verbs of what is new."""
        page = await told(self._reader, **self._asked)
        if page.next_cursor is not None:
            self._asked["after"] = page.next_cursor
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
        beyond = select(Activity).where(Activity.position > self._after).order_by(Activity.position)
        async with self._database.transaction() as db:
            rows = list(await db.scalars(beyond))
        self._after = max([self._after, *(row.position for row in rows)])
        return [row.verb for row in rows]


async def test_a_row_that_is_committed_late_is_not_missed(settled: Database, ann: Reader) -> None:
    poller, naive = Poller(ann), NaivePoller(settled)

    async with settled.sessions() as slow, settled.transaction() as fast:
        await write(slow, "probe.slow")
        await write(fast, "probe.fast")
        await fast.commit()
        assert await naive.poll() == ["probe.fast"]
        assert await poller.poll() == [], "held back: the slow one may still come before it"
        await slow.commit()

    assert await naive.poll() == [], "the planted fault no longer shows what the test is for"
    assert await poller.await_all(2) == ["probe.slow", "probe.fast"]


async def test_what_began_later_does_not_hold_back_what_is_done(
    settled: Database, ann: Reader
) -> None:
    poller = Poller(ann)
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
    settled: Database, ann: Reader, script: list[tuple[int, str]], limit: int
) -> None:
    writer = Someone()
    poller, written = Poller(ann, writer, limit), 0
    pending: list[list[str]] = [[] for _ in range(WRITERS)]
    committed: list[str] = []
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(settled.sessions()) for _ in range(WRITERS)]
        for number, step in script:
            match step:
                case "write":
                    written += 1
                    await write(writers[number], f"probe.{written}", by=writer)
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


async def test_many_writers_at_once_are_all_followed(settled: Database, ann: Reader) -> None:
    poller = Poller(ann, limit=7)

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


async def test_a_restored_database_goes_on_after_its_past(
    database: Database, db: AsyncSession
) -> None:
    """Transaction numbers begin anew there, so an epoch stands before them in the order."""
    reader = await somebody(database, ADMINISTRATOR)
    await write(db, "probe.before")
    values = {"noun": "probe", "subject_id": new_id(), "scope_id": HERE, "detail": {}}
    values |= {"verb": "probe.far_ahead", "occurred_at": datetime(2026, 3, 2, tzinfo=UTC)}
    await db.execute(insert(Activity).values(**values, transaction_id=10**15))
    held_back = await told(reader)
    db.add(ActivityEpoch())
    await db.flush()
    await write(db, "probe.after")

    page = await told(reader)

    assert [row.verb for row in held_back.items] == ["probe.before"]
    assert [row.verb for row in page.items] == ["probe.before", "probe.far_ahead", "probe.after"]
    later = await told(reader, after=page.next_cursor)
    assert (later.items, later.next_cursor) == ([], page.next_cursor)


async def test_the_feed_is_of_what_may_be_seen(
    database: Database, db: AsyncSession, people: People
) -> None:
    here, elsewhere = [await people.scope(ScopeKind.PROGRAMME) for _ in range(2)]
    reader = await somebody(database, (Role.COORDINATOR, elsewhere))
    await write(db, "probe.here", here)
    await write(db, "probe.elsewhere", elsewhere)

    page = await told(reader)

    assert [row.verb for row in page.items] == ["probe.elsewhere"]


async def test_what_one_is_not_of_the_audience_of_is_neither_shown_nor_counted(
    database: Database, db: AsyncSession, people: People
) -> None:
    joined = await people.collaboration_in(await people.scope(ScopeKind.COHORT))
    grant = Probe(id=new_id(), scope_id=await people.scope(ScopeKind.GRANT, joined.membership))
    ann = await somebody(database, ADMINISTRATOR)
    lead = await somebody(database, (Role.COLLABORATION_LEAD, joined.collaboration))
    for verb in ("grant.offered", "grant.terminate_endorsed", "grant.activated"):
        record(db, Someone(), verb, grant)
        await db.flush()

    async def shown(reader: Reader, sort: str) -> tuple[list[str], int | None]:
        page = await told(reader, sort=sort, include_total=True)
        return [row.verb for row in page.items], page.total_count

    everything = ["grant.offered", "grant.terminate_endorsed", "grant.activated"]
    assert await shown(ann, "recorded_at") == (everything, 3)
    assert await shown(ann, "-recorded_at") == (everything[::-1], 3)
    rest = ["grant.offered", "grant.activated"]
    assert await shown(lead, "recorded_at") == (rest, 2)
    assert await shown(lead, "-recorded_at") == (rest[::-1], 2)
    first = await told(lead, limit=1)
    second = await told(lead, limit=1, after=first.next_cursor)
    assert [row.verb for row in second.items] == ["grant.activated"]


async def test_a_place_in_a_history_is_none_in_the_record(
    database: Database, db: AsyncSession
) -> None:
    reader, subject = await somebody(database, ADMINISTRATOR), Probe(id=new_id(), scope_id=HERE)
    for verb in ("probe.created", "probe.opened"):
        record(db, Someone(), verb, subject)
        await db.flush()
    page = await history(db, Someone(), subject, HistoryQuery(limit=1))

    with pytest.raises(InvalidCursor) as refused:
        await told(reader, after=page.next_cursor)
    assert [fault.pointer for fault in refused.value.errors] == ["#/query/after"]
