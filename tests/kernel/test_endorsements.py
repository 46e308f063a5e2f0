"""A move that takes two persons: two of them, of both sides, who have read the same."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity, Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.kernel.editing import touch
from app.kernel.endorsements import (
    Endorsement,
    SecondPersonRequired,
    content_digest,
    told,
    words,
)
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import Outcome, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.transitions import Unmet
from tests.answers import START
from tests.kernel.probes import (
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

LAPSE = "2026-03-16T09:00:00.000000Z"

HERE_SIDE, THERE_SIDE = "probe.sign_here", "probe.sign_there"

WAITING = Outcome(False, ProbeStatus.OPEN, ProbeStatus.OPEN)
SIGNED = Outcome(True, ProbeStatus.OPEN, ProbeStatus.SIGNED)


@pytest.fixture
async def thing(db: AsyncSession, probes: None) -> Probe:
    found = probe(ProbeStatus.OPEN)
    db.add(found)
    await db.flush()
    return found


async def sign(db: AsyncSession, actor: Someone, thing: Probe) -> Outcome:
    outcome = await move(db, actor, thing, PROBE, "sign")
    await db.flush()
    return outcome


async def verbs(db: AsyncSession) -> list[tuple[str, str | None, UUID | None]]:
    rows = await db.scalars(select(Activity).order_by(Activity.position))
    return [(row.verb, row.to_status, row.person_id) for row in rows]


async def standing_words(db: AsyncSession) -> int:
    return await db.scalar(select(func.count()).select_from(Endorsement)) or 0


async def test_the_second_person_completes_it(
    db: AsyncSession, clock: FixedClock, thing: Probe
) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)

    assert await sign(db, ours, thing) == WAITING
    kept = (await db.scalars(select(Endorsement))).one()
    assert (kept.noun, kept.subject_id, kept.move) == ("probe", thing.id, "sign")
    assert (kept.permissions, kept.is_signature) == ([HERE_SIDE], False)
    assert (kept.account_id, kept.person_id) == (ours.account_id, ours.person_id)
    assert (kept.scope_id, kept.verb) == (HERE, "probe.sign_endorsed")
    assert (kept.digest, kept.endorsed_at) == (content_digest(thing), clock.now())
    assert kept.lapses_at == clock.now() + timedelta(days=14)
    assert (thing.status, thing.version) == (ProbeStatus.OPEN, 1)

    clock.advance(timedelta(days=3))
    assert await sign(db, theirs, thing) == SIGNED
    assert (thing.status, thing.version) == (ProbeStatus.SIGNED, 2)
    assert await standing_words(db) == 0
    assert await verbs(db) == [
        ("probe.sign_endorsed", None, ours.person_id),
        ("probe.signed", "signed", theirs.person_id),
    ]


async def test_either_side_may_be_first(db: AsyncSession, thing: Probe) -> None:
    assert await sign(db, Someone(THERE_SIDE), thing) == WAITING
    assert await sign(db, Someone(HERE_SIDE), thing) == SIGNED


async def test_one_person_is_not_two_however_much_they_may_do(
    db: AsyncSession, thing: Probe
) -> None:
    both = Someone(HERE_SIDE, THERE_SIDE)
    await sign(db, both, thing)

    with pytest.raises(SecondPersonRequired):
        await sign(db, both, thing)

    assert thing.status is ProbeStatus.OPEN


async def test_who_may_speak_for_both_sides_leaves_the_other_either(
    db: AsyncSession, thing: Probe
) -> None:
    """Whichever side the second person is of, the first was for the other."""
    for side in (HERE_SIDE, THERE_SIDE):
        other = probe(ProbeStatus.OPEN)
        db.add(other)
        await db.flush()
        assert await sign(db, Someone(HERE_SIDE, THERE_SIDE), other) == WAITING
        assert await sign(db, Someone(side), other) == SIGNED
    await sign(db, Someone(HERE_SIDE), thing)
    assert await sign(db, Someone(HERE_SIDE, THERE_SIDE), thing) == SIGNED


async def test_a_service_counts_as_its_owner(db: AsyncSession, thing: Probe) -> None:
    owner = Someone(HERE_SIDE)
    service = Someone(THERE_SIDE, owner_id=owner.person_id)
    another = Someone(THERE_SIDE, owner_id=new_id())
    assert service.account_id != owner.account_id
    await sign(db, owner, thing)

    with pytest.raises(SecondPersonRequired):
        await sign(db, service, thing)

    assert await sign(db, another, thing) == SIGNED


async def test_two_persons_of_one_side_are_not_enough(db: AsyncSession, thing: Probe) -> None:
    await sign(db, Someone(HERE_SIDE), thing)

    with pytest.raises(NotAllowed) as refused:
        await sign(db, Someone(HERE_SIDE), thing)

    assert refused.value.extra == {"permission": THERE_SIDE}
    assert thing.status is ProbeStatus.OPEN


async def test_a_change_in_between_voids_what_was_endorsed(db: AsyncSession, thing: Probe) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)
    await sign(db, ours, thing)
    thing.amount = 1_000_000
    await db.flush()

    assert await sign(db, theirs, thing) == WAITING
    assert await sign(db, ours, thing) == SIGNED


async def test_a_change_that_is_not_flushed_yet_voids_it_too(
    db: AsyncSession, thing: Probe
) -> None:
    await sign(db, Someone(HERE_SIDE), thing)
    thing.amount = 1

    assert await sign(db, Someone(THERE_SIDE), thing) == WAITING


async def test_a_thing_that_only_counts_on_is_the_same(db: AsyncSession, thing: Probe) -> None:
    """Its version and the instant of its last change are no part of what was read."""
    read = content_digest(thing)
    await sign(db, Someone(HERE_SIDE), thing)
    touch(thing)
    await db.flush()

    assert (thing.version, content_digest(thing)) == (2, read)
    assert await sign(db, Someone(THERE_SIDE), thing) == SIGNED


async def test_a_change_is_seen_by_whoever_reads_what_stands(
    db: AsyncSession, thing: Probe
) -> None:
    ours = Someone(HERE_SIDE)
    await sign(db, ours, thing)
    [word] = (await words(db, ours, thing))[thing.id]
    assert word.shown().model_dump(exclude={"id"}) == {
        "move": "sign",
        "by": {"id": ours.person_id, "reference": None, "name": "Somebody"},
        "endorsed_at": START,
        "lapses_at": LAPSE,
        "sha256": content_digest(thing),
        "detail": {},
        "reason": None,
    }
    thing.amount = 2
    await db.flush()

    assert (await words(db, ours, thing))[thing.id] == []


async def test_a_word_is_told_to_its_audience(db: AsyncSession, thing: Probe) -> None:
    await sign(db, Someone(HERE_SIDE), thing)
    outside = Someone(THERE_SIDE)
    outside.deaf_to = frozenset({"probe.sign_endorsed"})

    heard = (await words(db, Someone(THERE_SIDE), thing))[thing.id]
    unheard = (await words(db, outside, thing))[thing.id]

    assert [word.move for word in told(heard)] == ["sign"]
    assert told(unheard) == []


async def test_a_word_stands_for_its_days(
    db: AsyncSession, clock: FixedClock, thing: Probe
) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)
    await sign(db, ours, thing)
    clock.advance(timedelta(days=14))

    assert (await words(db, ours, thing))[thing.id] == []
    assert await sign(db, theirs, thing) == WAITING
    clock.advance(timedelta(days=14) - timedelta(microseconds=1))
    assert await sign(db, ours, thing) == SIGNED


async def test_a_word_counts_while_its_giver_may_give_it(db: AsyncSession, thing: Probe) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)
    await sign(db, ours, thing)
    ours.permissions = frozenset()

    assert (await words(db, ours, thing))[thing.id] == []
    assert await sign(db, theirs, thing) == WAITING
    assert await sign(db, Someone(HERE_SIDE), thing) == SIGNED


async def test_a_word_counts_for_the_side_that_its_giver_is_still_of(
    db: AsyncSession, thing: Probe
) -> None:
    both = Someone(HERE_SIDE, THERE_SIDE)
    await sign(db, both, thing)
    both.permissions = frozenset({THERE_SIDE})

    with pytest.raises(NotAllowed):
        await sign(db, Someone(THERE_SIDE), thing)
    assert await sign(db, Someone(HERE_SIDE), thing) == SIGNED


async def test_what_stands_in_the_way_of_the_first_voids_their_word(
    db: AsyncSession, thing: Probe
) -> None:
    """Who has a conflict since has said nothing."""
    ours, conflicted = Someone(HERE_SIDE), set[UUID]()
    lifecycle = replace(PROBE, _guards={})

    @lifecycle.guard("sign")
    async def independent(_db: AsyncSession, actor: Actor, _thing: Probe) -> Unmet | None:
        return Unmet("conflict", "Another.") if actor.account_id in conflicted else None

    await move(db, ours, thing, lifecycle, "sign")
    await db.flush()
    conflicted.add(ours.account_id)

    assert not (await move(db, Someone(THERE_SIDE), thing, lifecycle, "sign")).made
    await db.flush()
    assert (await move(db, Someone(HERE_SIDE), thing, lifecycle, "sign")).made


async def test_a_signature_stands_unless_its_signer_is_disabled(
    db: AsyncSession, thing: Probe
) -> None:
    signing = replace(next(one for one in MOVES if one.name == "sign"), is_signature=True)
    lifecycle = replace(PROBE, moves=(*(m for m in MOVES if m.name != "sign"), signing))
    ours = Someone(HERE_SIDE)
    await move(db, ours, thing, lifecycle, "sign", digest="the document")
    thing.name = "Renamed, which the document is not"
    await db.flush()
    ours.permissions = frozenset()
    assert len((await words(db, ours, thing))[thing.id]) == 1
    ours.is_disabled = True

    assert (await words(db, ours, thing))[thing.id] == []
    waiting = await move(db, Someone(THERE_SIDE), thing, lifecycle, "sign", digest="the document")
    assert not waiting.made


async def test_a_word_for_something_else_is_left_alone(db: AsyncSession, thing: Probe) -> None:
    """Two who name different amounts; each may say the other's."""
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)
    await move(db, ours, thing, PROBE, "sign", digest="500", detail={"amount": 500})
    await db.flush()
    await move(db, theirs, thing, PROBE, "sign", digest="400", detail={"amount": 400})
    await db.flush()
    standing = (await words(db, ours, thing))[thing.id]

    assert [word.given.detail["amount"] for word in standing] == [500, 400]
    assert (await move(db, ours, thing, PROBE, "sign", digest="400")).made
    assert await standing_words(db) == 0


def spoken(explained: ActionsOut, name: str) -> tuple[bool, list[str]]:
    """Whether `/actions` says that a move can be made, and what it says stands in the way."""
    [found] = [one for one in explained.actions if one.name == name]
    return found.possible, [unmet.code for unmet in found.unmet]


async def test_what_is_explained_is_what_the_verb_does(db: AsyncSession, thing: Probe) -> None:
    """For each person at each moment."""
    first, alike = Someone(HERE_SIDE), Someone(HERE_SIDE)
    other, nobody = Someone(THERE_SIDE), Someone("probe.close")
    everybody = (first, alike, other, nobody)

    async def asked() -> list[tuple[bool, list[str]]]:
        return [spoken(await explain_actions(db, who, thing, PROBE), "sign") for who in everybody]

    possible, missing = (True, list[str]()), (False, ["permission_missing"])
    assert await asked() == [possible, possible, possible, missing]
    await sign(db, first, thing)
    assert await asked() == [(False, ["second_person_required"]), missing, possible, missing]
    with pytest.raises(SecondPersonRequired):
        await sign(db, first, thing)
    with pytest.raises(NotAllowed):
        await sign(db, alike, thing)
    first.permissions = frozenset()
    assert await asked() == [missing, possible, possible, missing]
    assert await sign(db, alike, thing) == WAITING
    assert await sign(db, other, thing) == SIGNED


async def test_what_is_endorsed_may_be_more_than_the_row(db: AsyncSession, thing: Probe) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)

    assert not (await move(db, ours, thing, PROBE, "sign", digest="terms 1")).made
    assert not (await move(db, theirs, thing, PROBE, "sign", digest="terms 2")).made
    assert (await move(db, ours, thing, PROBE, "sign", digest="terms 2")).made


async def test_an_endorsement_is_of_one_thing(db: AsyncSession, thing: Probe) -> None:
    other = Probe(scope_id=HERE, name="Probe", status=ProbeStatus.OPEN)
    db.add(other)
    await db.flush()
    await sign(db, Someone(HERE_SIDE), thing)

    assert await sign(db, Someone(THERE_SIDE), other) == WAITING


async def sign_at_once(settled: Database, *, lock: bool) -> list[Outcome]:
    """Both sides sign in the same moment; without the lock neither commits before both have."""
    probe_id = await stored(settled, ProbeStatus.OPEN)
    both = asyncio.Barrier(2)

    async def attempt(actor: Someone) -> Outcome:
        async with settled.transaction() as db:
            await both.wait()
            thing = await db.scalar(by_id(probe_id, lock=lock))
            assert thing is not None
            outcome = await sign(db, actor, thing)
            if not lock:
                await both.wait()
            return outcome

    return list(await asyncio.gather(attempt(Someone(HERE_SIDE)), attempt(Someone(THERE_SIDE))))


@pytest.mark.usefixtures("settled_probes")
@pytest.mark.parametrize("_round", range(5))
async def test_two_who_sign_at_once_are_two(settled: Database, _round: int) -> None:
    outcomes = await sign_at_once(settled, lock=True)

    assert sorted(outcome.made for outcome in outcomes) == [False, True]
    async with settled.transaction() as db:
        assert await standing_words(db) == 0


@pytest.mark.usefixtures("settled_probes")
async def test_without_the_lock_each_would_wait_for_the_other(settled: Database) -> None:
    """The planted fault: neither sees the other's yes, and the move is stuck for good."""
    outcomes = await sign_at_once(settled, lock=False)

    assert [outcome.made for outcome in outcomes] == [False, False]
    async with settled.transaction() as db:
        assert await standing_words(db) == 2
