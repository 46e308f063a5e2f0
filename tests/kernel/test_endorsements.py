"""A move that takes two persons: two of them, of both sides, who have read the same."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.kernel.endorsements import Endorsement, SecondPersonRequired, content_digest
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import Outcome, move
from tests.kernel.probes import HERE, PROBE, Probe, ProbeStatus, Someone, by_id, probe, stored

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


async def standing(db: AsyncSession) -> int:
    return await db.scalar(select(func.count()).select_from(Endorsement)) or 0


async def test_the_second_person_completes_it(
    db: AsyncSession, clock: FixedClock, thing: Probe
) -> None:
    ours, theirs = Someone(HERE_SIDE), Someone(THERE_SIDE)

    assert await sign(db, ours, thing) == WAITING
    kept = (await db.scalars(select(Endorsement))).one()
    assert (kept.noun, kept.subject_id, kept.move) == ("probe", thing.id, "sign")
    assert (kept.permission, kept.person_id) == (HERE_SIDE, ours.person_id)
    assert (kept.digest, kept.endorsed_at) == (content_digest(thing), clock.now())
    assert (thing.status, thing.version) == (ProbeStatus.OPEN, 1)

    clock.advance(timedelta(days=3))
    assert await sign(db, theirs, thing) == SIGNED
    assert (thing.status, thing.version) == (ProbeStatus.SIGNED, 2)
    assert await standing(db) == 0
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
        assert await standing(db) == 0


@pytest.mark.usefixtures("settled_probes")
async def test_without_the_lock_each_would_wait_for_the_other(settled: Database) -> None:
    """The planted fault: neither sees the other's yes, and the move is stuck for good."""
    outcomes = await sign_at_once(settled, lock=False)

    assert [outcome.made for outcome in outcomes] == [False, False]
    async with settled.transaction() as db:
        assert await standing(db) == 2
