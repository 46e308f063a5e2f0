"""Of everything that is recorded, each reads what they are of the audience of: in a history, in the
feed, and in what is counted there.

Who reads of what is written down in `audiences.txt`, so that a verb that is not in the file fails,
and so does a line for one that is gone. A verb of things that lie in several places has a line for
each, unless all may read of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, true
from sqlalchemy.ext.asyncio import AsyncSession

from app import registry
from app.kernel.activity import Activity, ActivityOut, HistoryQuery, history, record
from app.kernel.clock import now
from app.kernel.transitions import Lifecycle
from app.overview.desk.telling import RECORD
from app.people.identity.actors import Actor
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, ScopeKind
from app.people.reads.declarations import Telling
from app.people.reads.reader import Reader
from tests.contract.read_by import EXPECTED, VERBS
from tests.overview.desk.asking import somebody, told
from tests.people.identity.people import People

BY_AUDIENCE = replace(RECORD[None], seen=lambda _by: true(), for_everyone=True)
"""The record as it is told to whoever may read that of everything: it leaves the audience."""


@dataclass(frozen=True)
class Thing:
    """Something that lies on a scope."""

    __noun__: ClassVar[str] = "thing"

    id: UUID
    scope_id: UUID


@dataclass(frozen=True)
class World:
    """A grant of a member of a cohort, with all that lies around it, and who reads."""

    places: Mapping[str, UUID]
    readers: Mapping[str, Reader]


@pytest.fixture
async def world(people: People) -> World:
    programme = await people.scope(ScopeKind.PROGRAMME)
    cohort = await people.scope(ScopeKind.COHORT, programme)
    joined = await people.collaboration_in(cohort)
    places = {
        "network": NETWORK_ID,
        "programme": programme,
        "cohort": cohort,
        "membership": joined.membership,
        "collaboration": joined.collaboration,
        "dossier": joined.dossier,
        "grant": await people.scope(ScopeKind.GRANT, joined.membership),
        "expense_claim": await people.scope(ScopeKind.EXPENSE_CLAIM, cohort),
        "session": await people.scope(ScopeKind.SESSION, cohort),
        "commons": await people.scope(ScopeKind.COMMONS, cohort, joined.membership),
    }
    roles = {
        "A": (Role.ADMINISTRATOR, NETWORK_ID),
        "T": (Role.COORDINATOR, programme),
        "M": (Role.COLLABORATION_MEMBER, joined.collaboration),
        "F": (Role.FUNDER, programme),
        "O": (Role.OBSERVER, NETWORK_ID),
    }
    readers = {letter: await somebody(people.database, role) for letter, role in roles.items()}
    return World(places, readers)


async def reading(
    db: AsyncSession,
    world: World,
    done: Mapping[str, str],
    feed: Telling[ActivityOut] = BY_AUDIENCE,
) -> dict[str, frozenset[str]]:
    """Who reads that these verbs were done, each to a thing at that place: by the history of the
    thing and by the feed alike."""
    things = {place: Thing(uuid4(), world.places[place]) for place in set(done.values())}
    writer = Actor(uuid4(), uuid4())
    for verb, place in done.items():
        record(db, writer, verb, things[place])
        await db.flush()
    found: dict[str, set[str]] = {verb: set() for verb in done}
    for letter, reader in world.readers.items():
        of_each: list[str] = []
        actor = await reader.prove(db)
        for thing in things.values():
            page = await history(db, actor, thing, HistoryQuery(limit=200, include_total=True))
            assert page.total_count == len(page.items)
            of_each += [row.verb for row in page.items]
        asked = {"account_id": writer.account_id, "limit": 200}
        page = await told(reader, feed, **asked, include_total=True)
        assert page.total_count == len(of_each)
        followed = [row.verb for row in page.items]
        while page.items:
            page = await told(reader, feed, **asked, after=page.next_cursor)
            followed += [row.verb for row in page.items]
        assert sorted(of_each) == sorted(followed)
        for verb in of_each:
            found[verb].add(letter)
    return {verb: frozenset(readers) for verb, readers in found.items()}


def declared() -> Iterator[str]:
    """Every verb that the house says an audience of."""
    for room in registry.rooms("lifecycle"):
        for value in vars(room).values():
            if isinstance(value, Lifecycle):
                yield from value.audiences
    for room in registry.rooms("permissions"):
        yield from getattr(room, "AUDIENCES", ())


def test_each_verb_stands_in_the_table_once() -> None:
    assert sorted(VERBS) == sorted(set(declared()))


PLACES = dict(EXPECTED.keys())
READERS = {verb: EXPECTED[verb, place] for verb, place in PLACES.items()}
OTHER_PLACES = [(verb, place) for verb, place in EXPECTED if PLACES[verb] != place]


async def test_each_reads_what_is_written_down(db: AsyncSession, world: World) -> None:
    assert await reading(db, world, PLACES) == READERS


@pytest.mark.parametrize(("verb", "place"), OTHER_PLACES)
async def test_each_reads_it_where_else_it_lies(
    db: AsyncSession, world: World, verb: str, place: str
) -> None:
    assert await reading(db, world, {verb: place}) == {verb: EXPECTED[verb, place]}


async def test_a_record_that_forgets_the_audience_is_found(
    db: AsyncSession, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: everyone reads all that is recorded of what they may see."""

    def everything(_actor: Actor, _row: type[Activity]) -> ColumnElement[bool]:
        return true()

    monkeypatch.setattr(Actor, "reads", everything)
    found = await reading(db, world, PLACES, replace(BY_AUDIENCE, heard=None))

    wrong = {verb for verb, readers in found.items() if readers != READERS[verb]}
    assert wrong == {verb for verb, readers in READERS.items() if readers != set("ATMFO")}
    assert {"grant.terminate_endorsed", "note.added", "task.waived"} < wrong


TERMINATION = {"grant.terminate_endorsed": "grant"}


async def test_whoever_works_for_the_convenor_is_of_the_team(
    db: AsyncSession, world: World, people: People
) -> None:
    """On what lies below the scope of their role, and nowhere else."""
    away = await people.scope(ScopeKind.PROGRAMME)
    here, elsewhere = [
        {
            role.value: await somebody(people.database, (role, scope_id))
            for role in Role
            if role is not Role.SCHEDULER
        }
        for scope_id in (world.places["programme"], away)
    ]

    there = await reading(db, replace(world, readers=here), TERMINATION)
    assert there["grant.terminate_endorsed"] == {
        "administrator",
        "adviser",
        "auditor",
        "coordinator",
        "facilitator",
        "finance_approver",
        "payment_releaser",
        "programme_manager",
        "reviewer",
    }
    nowhere = await reading(db, replace(world, readers=elsewhere), TERMINATION)
    assert nowhere["grant.terminate_endorsed"] == set()


async def test_a_narrowed_credential_is_of_the_audiences_that_it_names(
    db: AsyncSession, world: World, people: People
) -> None:
    role = (Role.COORDINATOR, world.places["programme"])
    readers = {
        name: await somebody(people.database, role, narrowed_to=frozenset({name}))
        for name in ("grant.read", "activity.read_team", "activity.read_own")
    }
    done = TERMINATION | {"grant.offered": "grant"}

    assert await reading(db, replace(world, readers=readers), done) == {
        "grant.terminate_endorsed": {"activity.read_team"},
        "grant.offered": set(readers),
    }


async def test_a_verb_that_is_not_declared_any_more_is_for_the_team(
    db: AsyncSession, world: World
) -> None:
    """What a release before this one recorded."""
    thing = Thing(uuid4(), world.places["grant"])
    past = Activity(
        noun=Thing.__noun__,
        subject_id=thing.id,
        scope_id=thing.scope_id,
        verb="grant.rumoured",
        detail={},
        occurred_at=now(db),
    )
    db.add(past)
    await db.flush()
    read: set[str] = set()
    for letter, reader in world.readers.items():
        page = await history(db, await reader.prove(db), thing, HistoryQuery())
        followed = await told(reader, BY_AUDIENCE, subject_id=thing.id)
        assert page.items == followed.items
        read |= {letter for _ in page.items}

    assert read == {"A", "T"}
