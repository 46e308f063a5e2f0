"""The places of a cohort: given, freed, and passed on to whoever waits first.

Every function takes a cohort whose row the caller holds, so that places are counted by one at a
time; a trigger refuses whoever would forget it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel.clock import Clock, now
from app.kernel.db import Database, new_id
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, move
from app.network.cohorts.access import MEMBERSHIP_REFS, hold_cohort
from app.network.cohorts.lifecycle import (
    MEMBERSHIP,
    OFFERING,
    OPEN,
    TAKING_PLACE,
    CohortStatus,
    MembershipStatus,
)
from app.network.cohorts.memberships.deadlines import after_hours
from app.network.cohorts.models import Cohort, Departure, Membership
from app.network.cohorts.queries import free_places, places, was_active_before
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import keep_as_it_is
from app.people.identity.actors import Actor, scheduler
from app.people.identity.scopes import ScopeEdge, ScopeKind, add_scope, link, unlink


class CohortFull(Conflict):
    """Every announced place was taken in the meantime. Give an `override_reason` to go beyond."""


constraint("ck_memberships_within_capacity", CohortFull)


async def next_rank(db: AsyncSession, cohort: Cohort) -> int:
    """The rank of whoever joins the end of the waitlist now."""
    last = await db.scalar(
        select(func.max(Membership.waitlist_rank)).where(Membership.cohort_id == cohort.id)
    )
    return (last or 0) + 1


async def enter(
    db: AsyncSession,
    actor: Actor,
    cohort: Cohort,
    collaboration: Collaboration,
    *,
    override_reason: str | None,
    offer_expires_at: datetime | None,
    timezone: str | None,
) -> Membership:
    """A new membership: offered a place, or at the end of the waitlist where there is none.

    The actor reaches it. The override is kept only where there was no place.
    """
    await keep_as_it_is(db, collaboration)
    full = await free_places(db, cohort) == 0
    membership = Membership(
        id=new_id(),
        cohort_id=cohort.id,
        cohort=cohort,
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        timezone=timezone or cohort.timezone,
        is_returning=await was_active_before(db, collaboration.id),
        pauses=[],
    )
    await add_scope(db, membership.id, ScopeKind.MEMBERSHIP, [cohort.id, collaboration.id])
    if full and override_reason is None:
        membership.waitlist_rank = await next_rank(db, cohort)
        await create(db, actor, membership, MEMBERSHIP, "waitlist", under=cohort.id)
    else:
        membership.override_reason = override_reason if full else None
        membership.wanted_beyond = override_reason
        offer_place(db, membership, cohort, offer_expires_at)
        beyond = {"beyond_capacity": full}
        await create(db, actor, membership, MEMBERSHIP, "offer", under=cohort.id, detail=beyond)
    await actor.reach(db, [membership.id])
    return membership


def offer_place(
    db: AsyncSession, membership: Membership, cohort: Cohort, expires_at: datetime | None = None
) -> None:
    """Write on the membership that a place is offered from now, until `expires_at` or for the
    cohort's hours by the clock on the member's wall."""
    at = now(db)
    membership.waitlist_rank = None
    membership.offered_at = at
    membership.offer_expires_at = expires_at or after_hours(
        at, cohort.offer_hours, membership.timezone
    )
    membership.accepted_at = None
    membership.activated_at = None
    membership.ended_at = None
    membership.departure = None


async def open_dossier(db: AsyncSession, membership: Membership) -> None:
    """Let those who run the cohort see the collaboration's dossier, which is for it to do: by
    accepting its place, or by saying so once it was brought back."""
    await link(db, membership.id, membership.collaboration.dossier_id)


async def is_open_to(db: AsyncSession, membership: Membership) -> bool:
    """Whether those who run the cohort see the collaboration's dossier by this membership."""
    edge = select(ScopeEdge.child_id).where(
        ScopeEdge.parent_id == membership.id,
        ScopeEdge.child_id == membership.collaboration.dossier_id,
    )
    return bool(await db.scalar(select(edge.exists())))


async def open_commons(db: AsyncSession, membership: Membership) -> None:
    """Let the collaboration's people see what the cohort shares."""
    await link(db, membership.id, membership.cohort.commons_id)


async def end(db: AsyncSession, membership: Membership) -> None:
    """Write on the membership that it ends now, and close both ways that it opened."""
    membership.waitlist_rank = None
    membership.ended_at = now(db)
    for pause in membership.pauses:
        pause.resumed_at = pause.resumed_at or membership.ended_at
    await unlink(db, membership.id, membership.collaboration.dossier_id)
    await unlink(db, membership.id, membership.cohort.commons_id)
    await db.flush()


async def settle(db: AsyncSession, cohort: Cohort, *, freed: bool = False) -> int:
    """Do what the clock may not have come to yet: let overdue offers lapse, pass places on.

    `freed` says that the caller has freed a place itself. Returns how many memberships moved.
    """
    clock = scheduler()
    overdue = _of(cohort, MembershipStatus.OFFERED).where(Membership.offer_expires_at < now(db))
    lapsed = list(await db.scalars(overdue.order_by(Membership.offer_expires_at, Membership.id)))
    for membership in lapsed:
        await move(db, clock, membership, MEMBERSHIP, "expire")
        await end(db, membership)
    return len(lapsed) + (await pass_on(db, cohort) if lapsed or freed else 0)


@every("*/5 * * * *", "settle_places")
async def settle_overdue(database: Database, clock: Clock) -> int:
    """Settle each cohort in which an offer is overdue; returns how many memberships moved."""
    overdue = select(Membership.cohort_id).distinct()
    overdue = overdue.where(
        Membership.status == MembershipStatus.OFFERED, Membership.offer_expires_at < clock.now()
    )
    async with database.transaction() as db:
        cohort_ids = list(await db.scalars(overdue))
    return await each(database, cohort_ids, _settle_if_free)


async def _settle_if_free(db: AsyncSession, cohort_id: UUID) -> int:
    cohort = await hold_cohort(db, cohort_id, skip_locked=True)
    return await settle(db, cohort) if cohort else 0


async def pass_on(db: AsyncSession, cohort: Cohort) -> int:
    """Offer each free place to whoever waits first; returns how many were offered.

    None is passed on before recruitment, in the last weeks, nor `late_joining_days` after the
    start: then a person decides.
    """
    free = await free_places(db, cohort) if _passes_on(cohort, now(db)) else 0
    if free == 0:
        return 0
    heads = list(await db.scalars(_queue(cohort).limit(free)))
    for membership in heads:
        await move(db, scheduler(), membership, MEMBERSHIP, "advance")
        offer_place(db, membership, cohort)
    await db.flush()
    return len(heads)


async def next_in_line(db: AsyncSession, membership: Membership) -> Membership | None:
    """Who would be offered the place if this membership gave it up now."""
    cohort = membership.cohort
    taken = (await places(db, cohort)).taken
    is_free = taken <= (cohort.announced_capacity or 0) and membership.status in TAKING_PLACE
    if not (is_free and _passes_on(cohort, now(db))):
        return None
    return await db.scalar(_queue(cohort).limit(1))


async def end_all(db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None) -> None:
    """Withdraw everyone who has not come to an end, since the cohort is cancelled."""
    left = list(await db.scalars(_of(cohort, *OPEN).order_by(Membership.created_at)))
    await actor.reach(db, [membership.id for membership in left])
    for membership in left:
        gone = {"departure": Departure.COHORT_CANCELLED, "waitlist_rank": None}
        await move(db, actor, membership, MEMBERSHIP, "withdraw", reason=reason, writes=gone)
        await end(db, membership)


def _passes_on(cohort: Cohort, at: datetime) -> bool:
    if cohort.status == CohortStatus.RUNNING and cohort.started_at is not None:
        return at <= cohort.started_at + timedelta(days=cohort.late_joining_days)
    return cohort.status in OFFERING


def _queue(cohort: Cohort) -> Select[Membership]:
    return _of(cohort, MembershipStatus.WAITLISTED).order_by(Membership.waitlist_rank)


def _of(cohort: Cohort, *statuses: MembershipStatus) -> Select[Membership]:
    return (
        select(Membership)
        .where(Membership.cohort_id == cohort.id, Membership.status.in_(statuses))
        .options(*MEMBERSHIP_REFS)
    )
