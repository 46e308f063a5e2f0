"""A status moves along its table, for whoever may move it, when nothing stands in the way."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from app.kernel import activity
from app.kernel.activity import Activity, Actor
from app.kernel.audiences import Audience
from app.kernel.db import Database, new_id
from app.kernel.errors import (
    NotAllowed,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
)
from app.kernel.lifecycle import (
    ConsequenceRefused,
    GuardsUnmet,
    IllegalTransition,
    Outcome,
    ReasonRequired,
    action_of,
    available_actions,
    create,
    explain_actions,
    move,
)
from app.kernel.transitions import Lifecycle, Move, Unmet
from tests.kernel.probes import (
    ELSEWHERE,
    HERE,
    MOVES,
    PROBE,
    Probe,
    ProbeStatus,
    Someone,
    by_id,
    probe,
    stored,
)

pytestmark = pytest.mark.usefixtures("probes")

STALE = 99
ALL = Audience.ALL


async def tired(_db: AsyncSession, _actor: Actor, _thing: object) -> Unmet:
    return Unmet("tired", "Sleep first.")


async def hungry(_db: AsyncSession, _actor: Actor, _thing: object) -> Unmet:
    return Unmet("hungry", "Eat first.")


async def content(_db: AsyncSession, _actor: Actor, _thing: object) -> None:
    """A guard that lets everyone pass."""


GUARDED = Lifecycle(
    "probe",
    "probes",
    ProbeStatus,
    tuple(replace(each, guards=(tired, content, hungry)) for each in MOVES),
    past=PROBE.past,
)
"""The same table, with two conditions that never hold on every move."""

UNMET = [
    {"code": "tired", "detail": "Sleep first."},
    {"code": "hungry", "detail": "Eat first."},
]


async def kept(db: AsyncSession, status: ProbeStatus) -> Probe:
    thing = probe(status)
    db.add(thing)
    await db.flush()
    return thing


async def recorded(db: AsyncSession) -> list[dict[str, Any]]:
    """What the activity table says, in order."""
    await db.flush()
    columns = ("noun", "subject_id", "scope_id", "verb", "from_status", "to_status")
    columns += ("account_id", "person_id", "reason", "detail")
    rows = await db.scalars(select(Activity).order_by(Activity.position))
    return [{column: getattr(row, column) for column in columns} for row in rows]


def said(thing: Probe, actor: Someone, verb: str, **more: object) -> dict[str, object]:
    """An activity row as it should be."""
    row = {"noun": "probe", "subject_id": thing.id, "scope_id": HERE, "verb": verb}
    row |= {"from_status": None, "to_status": None, "reason": None, "detail": {}}
    return row | {"account_id": actor.account_id, "person_id": actor.person_id} | more


async def test_creation_asks_for_the_permission_above_and_leaves_one_row(db: AsyncSession) -> None:
    above, actor = new_id(), Someone("probe.create")
    actor.scopes = frozenset({above})
    thing = Probe(scope_id=HERE, name="Probe")

    await create(db, actor, thing, PROBE, under=above, detail={"fields": ["name"]})

    assert thing.status is ProbeStatus.DRAFT
    assert actor.demanded == [("probe.create", above)]
    assert await recorded(db) == [
        said(thing, actor, "probe.created", to_status="draft", detail={"fields": ["name"]})
    ]


async def test_creation_is_refused_without_the_permission_or_with_unmet_guards(
    db: AsyncSession,
) -> None:
    thing = Probe(scope_id=HERE, name="Probe")

    with pytest.raises(NotAllowed) as refused:
        await create(db, Someone("probe.create"), thing, GUARDED, under=ELSEWHERE)
    assert refused.value.extra == {"permission": "probe.create"}
    with pytest.raises(GuardsUnmet) as unmet:
        await create(db, Someone("probe.create"), thing, GUARDED, under=HERE)
    assert unmet.value.extra == {"unmet": UNMET}
    assert thing not in db
    assert await recorded(db) == []


async def test_a_move_writes_the_status_and_exactly_one_row(db: AsyncSession) -> None:
    thing, actor = await kept(db, ProbeStatus.OPEN), Someone()

    outcome = await move(
        db, actor, thing, PROBE, "hold", reason="Rain.", if_match=thing.version, detail={"days": 3}
    )
    await db.flush()

    assert outcome == Outcome(True, ProbeStatus.OPEN, ProbeStatus.HELD)
    assert (thing.status, thing.version) == (ProbeStatus.HELD, 2)
    assert await recorded(db) == [
        said(
            thing,
            actor,
            "probe.held",
            from_status="open",
            to_status="held",
            reason="Rain.",
            detail={"days": 3},
        )
    ]


async def test_a_move_to_several_statuses_leads_where_the_verb_says(db: AsyncSession) -> None:
    thing, actor = await kept(db, ProbeStatus.CLOSED), Someone()

    with pytest.raises(AssertionError, match="reopen"):
        await move(db, actor, thing, PROBE, "reopen")
    with pytest.raises(AssertionError, match="reopen"):
        await move(db, actor, thing, PROBE, "reopen", to=ProbeStatus.SIGNED)
    outcome = await move(db, actor, thing, PROBE, "reopen", to=ProbeStatus.HELD)

    assert outcome == Outcome(True, ProbeStatus.CLOSED, ProbeStatus.HELD)


REFUSALS: list[tuple[type[Refusal], dict[str, Any]]] = [
    (NotAllowed, {"actor": Someone("probe.submit")}),
    (PreconditionRequired, {"if_match": None}),
    (PreconditionFailed, {"if_match": STALE}),
    (IllegalTransition, {"status": ProbeStatus.DRAFT}),
    (ReasonRequired, {"reason": None}),
    (GuardsUnmet, {"lifecycle": GUARDED}),
]
"""Each refusal of `hold` and what brings it about, in the order in which they come."""


@pytest.mark.parametrize("first", range(len(REFUSALS)), ids=[r.__name__ for r, _ in REFUSALS])
async def test_refusals_come_in_their_order(db: AsyncSession, first: int) -> None:
    """With this fault and every later one at once, this one is told."""
    expected = REFUSALS[first][0]
    terms: dict[str, Any] = {
        "actor": Someone(),
        "status": ProbeStatus.OPEN,
        "lifecycle": PROBE,
        "if_match": 1,
        "reason": "Rain.",
    }
    for refusal, fault in REFUSALS[first:]:
        if not (expected is PreconditionRequired and refusal is PreconditionFailed):
            terms |= fault
    thing = await kept(db, terms.pop("status"))
    before = thing.status

    with pytest.raises(expected):
        await move(db, terms.pop("actor"), thing, terms.pop("lifecycle"), "hold", **terms)

    assert (thing.status, await recorded(db)) == (before, [])


async def test_a_missing_permission_is_named(db: AsyncSession) -> None:
    thing = await kept(db, ProbeStatus.OPEN)

    with pytest.raises(NotAllowed) as refused:
        await move(db, Someone("probe.submit"), thing, PROBE, "sign")

    assert refused.value.detail == (
        "This takes the permission probe.sign_here or probe.sign_there here."
    )
    assert refused.value.extra == {"permission": "probe.sign_here"}


async def test_a_move_may_take_another_permission_from_another_status(db: AsyncSession) -> None:
    """Who may make it from somewhere is told 409 where it cannot be made at all, 403 where it
    takes a permission that they lack."""
    held = Move(
        "submit", ProbeStatus.HELD, ProbeStatus.OPEN, "probe.resubmit", audience=Audience.ALL
    )
    drafted = Move(
        "submit", ProbeStatus.DRAFT, ProbeStatus.OPEN, "probe.submit", audience=Audience.ALL
    )
    others = tuple(each for each in MOVES if each.name != "submit")
    lifecycle = Lifecycle("probe", "probes", ProbeStatus, (held, drafted, *others))
    thing, actor = await kept(db, ProbeStatus.HELD), Someone("probe.submit")

    with pytest.raises(NotAllowed) as refused:
        await move(db, actor, thing, lifecycle, "submit")
    assert refused.value.extra == {"permission": "probe.resubmit"}
    with pytest.raises(IllegalTransition):
        await move(db, actor, await kept(db, ProbeStatus.CLOSED), lifecycle, "submit")
    assert (await move(db, Someone("probe.resubmit"), thing, lifecycle, "submit")).made


async def test_a_permission_held_elsewhere_does_not_reach(db: AsyncSession) -> None:
    thing = await kept(db, ProbeStatus.DRAFT)

    with pytest.raises(NotAllowed):
        await move(db, Someone(on=(ELSEWHERE,)), thing, PROBE, "submit")


async def test_a_stale_version_is_told_the_present_one(db: AsyncSession) -> None:
    thing = await kept(db, ProbeStatus.OPEN)

    with pytest.raises(PreconditionFailed) as refused:
        await move(db, Someone(), thing, PROBE, "hold", reason="Rain.", if_match=STALE)

    assert refused.value.extra == {"version": 1}


async def test_a_version_is_looked_at_where_it_is_not_asked_for(db: AsyncSession) -> None:
    thing = await kept(db, ProbeStatus.DRAFT)

    with pytest.raises(PreconditionFailed):
        await move(db, Someone(), thing, PROBE, "submit", if_match=STALE)


async def test_an_illegal_move_names_the_status_and_the_moves_there_are(db: AsyncSession) -> None:
    thing = await kept(db, ProbeStatus.DRAFT)

    with pytest.raises(IllegalTransition) as refused:
        await move(db, Someone(), thing, PROBE, "close")

    assert refused.value.detail == "A probe that is draft has no move `close`."
    assert refused.value.extra == {"current_status": "draft", "available_actions": ["submit"]}


@pytest.mark.parametrize("status", ProbeStatus)
@pytest.mark.parametrize("name", sorted({each.name for each in MOVES if each.from_}))
async def test_only_the_table_moves_a_status(
    db: AsyncSession, status: ProbeStatus, name: str
) -> None:
    allowed = {
        ("draft", "submit"),
        ("held", "submit"),
        ("open", "hold"),
        ("open", "sign"),
        ("signed", "close"),
        ("open", "lapse"),
        ("closed", "reopen"),
    }
    thing = await kept(db, status)
    to = ProbeStatus.OPEN if name == "reopen" else None

    async def attempt() -> None:
        await move(db, Someone(), thing, PROBE, name, to=to, reason="Rain.", if_match=1)

    if (status.value, name) in allowed:
        await attempt()
        return
    with pytest.raises(IllegalTransition):
        await attempt()
    assert thing.status is status


async def test_every_unmet_guard_is_named_also_those_of_packages_above(db: AsyncSession) -> None:
    lifecycle = Lifecycle("probe", "probes", ProbeStatus, GUARDED.moves)

    @lifecycle.guard("submit")
    async def raining(_db: AsyncSession, _actor: Actor, thing: Probe) -> Unmet:
        return Unmet("raining", f"Wait until {thing.name} is dry.")

    thing = await kept(db, ProbeStatus.DRAFT)

    with pytest.raises(GuardsUnmet) as refused:
        await move(db, Someone(), thing, lifecycle, "submit")

    assert refused.value.detail == "Sleep first. Eat first. Wait until Probe is dry."
    assert refused.value.extra == {
        "unmet": [*UNMET, {"code": "raining", "detail": "Wait until Probe is dry."}]
    }


async def test_guards_of_other_moves_are_not_asked(db: AsyncSession) -> None:
    lifecycle = Lifecycle("probe", "probes", ProbeStatus, MOVES)
    lifecycle.guard("close")(tired)
    thing = await kept(db, ProbeStatus.DRAFT)

    assert (await move(db, Someone(), thing, lifecycle, "submit")).made


def following() -> Lifecycle:
    """The same table, for a test to add consequences to."""
    return Lifecycle("probe", "probes", ProbeStatus, MOVES, past=PROBE.past)


async def test_what_follows_is_done_with_the_move_in_the_order_of_the_registry(
    db: AsyncSession,
) -> None:
    lifecycle, thing, actor = following(), await kept(db, ProbeStatus.OPEN), Someone()
    told: list[tuple[str, ProbeStatus, str | None, int]] = []

    @lifecycle.consequence("hold")
    async def lower(db: AsyncSession, actor: Actor, thing: Probe, reason: str | None) -> None:
        """What is nearer is changed first."""
        told.append(("lower", thing.status, reason, thing.amount))
        await db.flush()
        activity.record(db, actor, "probe.seen", thing, reason=reason)

    @lifecycle.consequence("hold")
    async def upper(_db: AsyncSession, _actor: Actor, thing: Probe, reason: str | None) -> None:
        """What lies above it after."""
        told.append(("upper", thing.status, reason, thing.amount))

    lifecycle.consequence("close")(upper)

    await move(
        db, actor, thing, lifecycle, "hold", reason="Rain.", if_match=1, writes={"amount": 7}
    )

    assert told == [
        ("lower", ProbeStatus.HELD, "Rain.", 7),
        ("upper", ProbeStatus.HELD, "Rain.", 7),
    ]
    assert thing.version == 2
    assert [row["verb"] for row in await recorded(db)] == ["probe.held", "probe.seen"]
    assert lifecycle.consequences_of(lifecycle.any_named("hold")) == (lower, upper)
    assert lifecycle.consequences_of(lifecycle.any_named("submit")) == ()


async def test_what_follows_a_creation_is_done_with_it(db: AsyncSession) -> None:
    lifecycle, thing = following(), Probe(scope_id=HERE, name="Probe")
    told: list[ProbeStatus] = []

    @lifecycle.consequence("create")
    async def greeted(_db: AsyncSession, _actor: Actor, thing: Probe, _reason: str | None) -> None:
        told.append(thing.status)

    await create(db, Someone("probe.create"), thing, lifecycle, under=HERE)

    assert told == [ProbeStatus.DRAFT]


async def test_nothing_follows_a_move_that_is_not_made(db: AsyncSession) -> None:
    """One that is refused, and the first of two persons' yes."""
    lifecycle = following()
    told: list[str] = []

    @lifecycle.consequence("submit")
    @lifecycle.consequence("sign")
    async def celebrated(_db: AsyncSession, _actor: Actor, thing: Probe, _why: str | None) -> None:
        told.append(thing.name)

    lifecycle.guard("submit")(tired)
    with pytest.raises(GuardsUnmet):
        await move(db, Someone(), await kept(db, ProbeStatus.DRAFT), lifecycle, "submit")
    thing = await kept(db, ProbeStatus.OPEN)
    waiting = await move(db, Someone("probe.sign_here"), thing, lifecycle, "sign")
    assert (waiting.made, told) == (False, [])

    made = await move(db, Someone("probe.sign_there"), thing, lifecycle, "sign")
    assert (made.made, told) == (True, ["Probe"])


async def renamed(db: AsyncSession, _actor: Actor, thing: Probe, _reason: str | None) -> None:
    """Changes another row than the one that moves."""
    other = probe(ProbeStatus.OPEN)
    other.name = f"After {thing.name}"
    db.add(other)


async def moved_and_lost(settled: Database, lifecycle: Lifecycle) -> list[str]:
    """The names that are left when the transaction of a move breaks after it."""
    probe_id = await stored(settled, ProbeStatus.DRAFT)

    async def attempt() -> None:
        async with settled.transaction() as db:
            thing = await db.scalar(by_id(probe_id, lock=True))
            assert thing is not None
            await move(db, Someone(), thing, lifecycle, "submit")
            await db.flush()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await attempt()
    async with settled.transaction() as db:
        return list(await db.scalars(select(Probe.name).order_by(Probe.name)))


@pytest.mark.usefixtures("settled_probes")
async def test_what_follows_is_lost_with_its_move(settled: Database) -> None:
    lifecycle = following()
    lifecycle.consequence("submit")(renamed)

    assert await moved_and_lost(settled, lifecycle) == ["Probe"]


@pytest.mark.usefixtures("settled_probes")
async def test_what_follows_in_a_transaction_of_its_own_would_stay(settled: Database) -> None:
    """The planted fault: the same consequence, which opens its own."""
    lifecycle = following()

    @lifecycle.consequence("submit")
    async def apart(_db: AsyncSession, actor: Actor, thing: Probe, reason: str | None) -> None:
        async with settled.transaction() as own:
            await renamed(own, actor, thing, reason)

    assert await moved_and_lost(settled, lifecycle) == ["After Probe", "Probe"]


@pytest.mark.usefixtures("settled_probes")
async def test_a_consequence_that_is_refused_is_a_fault_and_undoes_the_move(
    settled: Database,
) -> None:
    """What could stand in its way is a guard: nobody is told 403 or 409 of a thing that they did
    not ask about."""
    lifecycle, probe_id = following(), await stored(settled, ProbeStatus.DRAFT)

    @lifecycle.consequence("submit")
    async def closed(db: AsyncSession, actor: Actor, thing: Probe, _reason: str | None) -> None:
        await move(db, actor, thing, lifecycle, "close")

    async def attempt() -> None:
        async with settled.transaction() as db:
            thing = await db.scalar(by_id(probe_id, lock=True))
            assert thing is not None
            await move(db, Someone(), thing, lifecycle, "submit")

    with pytest.raises(ConsequenceRefused, match="closed") as refused:
        await attempt()
    assert isinstance(refused.value.__cause__, IllegalTransition)
    async with settled.transaction() as db:
        assert await db.scalar(select(Probe.status)) is ProbeStatus.DRAFT
        assert await recorded(db) == []


@pytest.mark.usefixtures("settled_probes")
async def test_of_many_who_move_at_once_one_does(settled: Database) -> None:
    """Without a lock too: the version of what each has read stands in the UPDATE."""
    probe_id, everyone = await stored(settled, ProbeStatus.DRAFT), asyncio.Barrier(10)

    async def attempt() -> None:
        async with settled.transaction() as db:
            thing = await db.scalar(by_id(probe_id))
            assert thing is not None
            await everyone.wait()
            await move(db, Someone(), thing, PROBE, "submit")

    outcomes = await asyncio.gather(*(attempt() for _ in range(10)), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, StaleDataError) for outcome in outcomes) == 9
    async with settled.transaction() as db:
        assert len(await recorded(db)) == 1


@pytest.mark.usefixtures("settled_probes")
async def test_a_status_that_is_read_and_then_written_would_move_often(settled: Database) -> None:
    """The planted fault: the same race, by an UPDATE that asks for no version."""
    probe_id, everyone = await stored(settled, ProbeStatus.DRAFT), asyncio.Barrier(10)

    async def attempt() -> None:
        async with settled.transaction() as db:
            thing = await db.scalar(by_id(probe_id))
            assert thing is not None
            assert thing.status is ProbeStatus.DRAFT
            await everyone.wait()
            await db.execute(text("UPDATE probes SET status = 'open'"))
            activity.record(db, Someone(), "probe.submitted", thing)

    await asyncio.gather(*(attempt() for _ in range(10)))

    async with settled.transaction() as db:
        assert len(await recorded(db)) == 10


class Sad(StrEnum):
    BORN = "born"
    LOST = "lost"


def test_a_table_is_checked_when_it_is_imported() -> None:
    birth = Move("create", None, Sad.BORN, "sad.create", audience=ALL)
    loss = Move("lose", Sad.BORN, Sad.LOST, "sad.lose", audience=Audience.PARTIES)

    with pytest.raises(ValueError, match=r"no move leads to \[.*lost"):
        Lifecycle("sad", "sads", Sad, (birth,))
    with pytest.raises(ValueError, match="two moves 'lose' from"):
        Lifecycle("sad", "sads", Sad, (birth, loss, replace(loss, to=Sad.BORN)))
    with pytest.raises(ValueError, match="two moves 'create' from None"):
        Lifecycle("sad", "sads", Sad, (birth, loss, birth))
    with pytest.raises(ValueError, match="sad has no move 'mourn'"):
        Lifecycle("sad", "sads", Sad, (birth, loss)).guard("mourn")
    with pytest.raises(ValueError, match="sad has no move 'mourn'"):
        Lifecycle("sad", "sads", Sad, (birth, loss)).consequence("mourn")


def test_a_move_says_who_reads_of_it() -> None:
    birth = Move("create", None, Sad.BORN, "sad.create", audience=ALL)
    first = Move("lose", Sad.BORN, Sad.LOST, "sad.lose", audience=Audience.PARTIES)

    with pytest.raises(TypeError, match="audience"):
        Move("create", None, Sad.BORN, "sad.create")  # pyright: ignore[reportCallIssue]
    with pytest.raises(ValueError, match="lose: a first word has an audience where there is a sec"):
        replace(first, second="sad.mourn")
    with pytest.raises(ValueError, match="lose: a first word has an audience where there is a sec"):
        replace(first, first_word=Audience.TEAM)
    again = replace(first, from_=Sad.LOST, audience=Audience.TEAM)
    with pytest.raises(ValueError, match=r"'sad\.losed' has two audiences"):
        Lifecycle("sad", "sads", Sad, (birth, first, again))
    endorsed = replace(first, second="sad.mourn", first_word=Audience.TEAM)
    assert Lifecycle("sad", "sads", Sad, (birth, endorsed)).audiences == {
        "sad.created": Audience.ALL,
        "sad.losed": Audience.PARTIES,
        "sad.lose_endorsed": Audience.TEAM,
        "sad.lose_taken_back": Audience.TEAM,
    }


def test_a_move_is_recorded_in_the_past_tense() -> None:
    assert [PROBE.verb(name) for name in ("create", "submit", "close", "reopen")] == [
        "probe.created",
        "probe.submitted",
        "probe.closed",
        "probe.reopened",
    ]


def test_the_table_can_be_drawn() -> None:
    assert PROBE.diagram().splitlines() == [
        "stateDiagram-v2",
        "    direction LR",
        "    [*] --> draft: create",
        "    draft --> open: submit",
        "    held --> open: submit",
        "    open --> held: hold",
        "    open --> signed: sign",
        "    signed --> closed: close",
        "    open --> closed: lapse",
        "    closed --> open: reopen",
        "    closed --> held: reopen",
    ]


def action(thing: Probe, name: str, **needs: bool) -> dict[str, object]:
    return {
        "name": name,
        "operation_id": f"{name}_probe",
        "method": "POST",
        "href": f"/v1/probes/{thing.id}/{name}",
        "needs_reason": needs.get("reason", False),
        "needs_if_match": needs.get("if_match", False),
    }


@contextmanager
def counting(database: Database) -> Generator[list[str]]:
    """The statements that are sent while the block runs."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine: Engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_actions_follow_from_table_and_permissions_without_a_query(
    database: Database, db: AsyncSession
) -> None:
    thing = await kept(db, ProbeStatus.OPEN)

    with counting(database) as sent:
        mine = available_actions(thing, Someone(), GUARDED)
        theirs = available_actions(thing, Someone("probe.sign_there", "probe.lapse"), GUARDED)
        nobodys = available_actions(thing, Someone(on=(ELSEWHERE,)), GUARDED)
        assert sent == []
        await db.scalar(select(func.count()).select_from(Probe))
        assert len(sent) == 1, "what is counted would show"

    hold, sign = action(thing, "hold", reason=True, if_match=True), action(thing, "sign")
    assert [found.model_dump() for found in mine] == [hold, sign]
    assert [found.model_dump() for found in theirs] == [sign]
    assert nobodys == []


async def test_an_action_can_be_told_without_the_thing() -> None:
    thing = Probe(id=new_id())

    assert action_of(PROBE, "hold", thing.id).model_dump() == action(
        thing, "hold", reason=True, if_match=True
    )


async def test_what_stands_in_the_way_of_each_move_is_explained(db: AsyncSession) -> None:
    lifecycle = Lifecycle("probe", "probes", ProbeStatus, MOVES)
    lifecycle.guard("hold")(tired)
    lifecycle.guard("hold")(content)
    thing = await kept(db, ProbeStatus.OPEN)

    explained = await explain_actions(db, Someone("probe.sign_here"), thing, lifecycle)

    missing = {"code": "permission_missing", "detail": "It takes the permission probe.hold here."}
    assert explained.model_dump() == {
        "status": "open",
        "version": 1,
        "actions": [
            action(thing, "hold", reason=True, if_match=True)
            | {"possible": False, "unmet": [missing, UNMET[0]]},
            action(thing, "sign") | {"possible": True, "unmet": []},
        ],
    }
    assert await recorded(db) == []
