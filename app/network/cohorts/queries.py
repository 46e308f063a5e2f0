"""What is counted and gathered over the memberships of a cohort that the caller has obtained."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, cast, func, null, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.types import Uuid

from app.kernel.db import Instant
from app.network.cohorts.access import MEMBERSHIP_REFS
from app.network.cohorts.lifecycle import (
    ENDED,
    LIVE,
    OPEN,
    TAKING_PLACE,
    MembershipStatus,
    TaskStatus,
)
from app.network.cohorts.models import Cohort, Membership, Requirement, Stage, Task
from app.network.cohorts.pauses.models import PauseRequest
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import places as places_collaborations
from app.network.conflicts.queries import Matters
from app.network.programmes.models import CountingRule
from app.network.programmes.queries import counts
from app.people.identity.endings import ends
from app.people.identity.grounds.access import comes_first, stands

JOINED = frozenset(
    {
        MembershipStatus.ACCEPTED,
        MembershipStatus.ONBOARDING,
        MembershipStatus.ACTIVE,
        MembershipStatus.PAUSED,
        MembershipStatus.COMPLETED,
    }
)

AT_STAGE = {
    Stage.ONBOARDING: (MembershipStatus.ONBOARDING,),
    Stage.COMPLETION: (MembershipStatus.ACTIVE, MembershipStatus.PAUSED),
}
"""The members who have been given the tasks of a stage and are not past it."""


stands(select(Membership.id, Membership.collaboration_id).where(Membership.status.in_(LIVE)))
comes_first(
    select(
        select(Membership.id, Membership.collaboration_id)
        .ext(distinct_on(Membership.collaboration_id))
        .where(Membership.status.in_(OPEN))
        .order_by(Membership.collaboration_id, Membership.id)
        .subquery()
    )
)

MEMBERSHIPS: Final = Matters(
    select(
        Membership.id,
        Membership.id.label("scope_id"),
        Membership.collaboration_id,
        Cohort.programme_id,
        Membership.timezone,
        Membership.created_at.label("began_at"),
        cast(null(), Instant).label("fixed_at"),
        cast(null(), Uuid).label("fixed_id"),
    ).join(Cohort, Cohort.id == Membership.cohort_id),
    select(
        PauseRequest.membership_id.label("subject_id"), PauseRequest.asked_by_id.label("person_id")
    ),
)
"""Memberships as matters that somebody independent decides about: leave, and what is judged. A hand
in it has whoever asked for leave."""


@dataclass(frozen=True)
class Places:
    """Of one cohort: the places taken, and the memberships that hold one they accepted."""

    taken: int
    joined: int


async def places(db: AsyncSession, cohort: Cohort) -> Places:
    """The places of one cohort, counted now."""
    status = Membership.status
    counts = (
        func.count().filter(status.in_(TAKING_PLACE)),
        func.count().filter(status.in_(JOINED)),
    )
    row = await db.execute(select(*counts).where(Membership.cohort_id == cohort.id))
    return Places(*row.one())


async def free_places(db: AsyncSession, cohort: Cohort) -> int | None:
    """How many announced places nobody takes, never below zero; None where no number of places was
    announced, so that there is one for whoever is offered it."""
    if cohort.announced_capacity is None:
        return None
    return max(0, cohort.announced_capacity - (await places(db, cohort)).taken)


async def open_members(db: AsyncSession, cohort: Cohort) -> Sequence[Membership]:
    """The memberships of a cohort that have not come to their end, with their collaborations."""
    statement = select(Membership).where(
        Membership.cohort_id == cohort.id, Membership.status.in_(OPEN)
    )
    statement = statement.options(joinedload(Membership.collaboration))
    return (await db.scalars(statement.order_by(Membership.created_at, Membership.id))).all()


async def was_active_before(db: AsyncSession, collaboration_id: UUID) -> bool:
    """Whether the collaboration has been an active member of a cohort, and is it no longer."""
    earlier = select(Membership.id).where(
        Membership.collaboration_id == collaboration_id,
        Membership.activated_at.is_not(None),
        Membership.ended_at.is_not(None),
    )
    return bool(await db.scalar(select(earlier.exists())))


async def already_in(
    db: AsyncSession, cohort: Cohort, collaboration_ids: Collection[UUID]
) -> set[UUID]:
    """Those of the collaborations that have a membership in the cohort, of whatever status."""
    statement = select(Membership.collaboration_id).where(
        Membership.cohort_id == cohort.id, Membership.collaboration_id.in_(collaboration_ids)
    )
    return set(await db.scalars(statement))


async def moved_since_the_start(
    db: AsyncSession, cohort: Cohort
) -> list[tuple[Collaboration, MembershipStatus]]:
    """The first of those that have completed, or by whom its retention is measured and who are no
    longer simply active."""
    status = Membership.status
    statement = (
        select(Collaboration, status)
        .join(Membership, Membership.collaboration_id == Collaboration.id)
        .where(
            Membership.cohort_id == cohort.id,
            or_(Membership.counts_for_retention, status == MembershipStatus.COMPLETED),
            status != MembershipStatus.ACTIVE,
        )
        .order_by(Collaboration.reference)
        .limit(10)
    )
    return [(one, became) for one, became in await db.execute(statement)]


async def requirements_of(db: AsyncSession, cohort: Cohort) -> list[Requirement]:
    """What the cohort asks of its members, in order."""
    statement = select(Requirement).where(Requirement.cohort_id == cohort.id)
    return list(await db.scalars(statement.order_by(Requirement.position, Requirement.id)))


async def requirements_not_given(
    db: AsyncSession, membership: Membership, stage: Stage
) -> list[Requirement]:
    """The requirements of a stage for which the member has no task yet, in order."""
    given = select(Task.requirement_id).where(Task.membership_id == membership.id)
    wanted = select(Requirement).where(
        Requirement.cohort_id == membership.cohort_id,
        Requirement.stage == stage,
        Requirement.id.not_in(given),
    )
    return list(await db.scalars(wanted.order_by(Requirement.position, Requirement.id)))


async def open_tasks(db: AsyncSession, membership: Membership) -> list[Task]:
    """What a member has still to do, in the order of their ids."""
    still_open = select(Task).where(
        Task.membership_id == membership.id, Task.status == TaskStatus.OPEN
    )
    return list(await db.scalars(still_open.order_by(Task.id)))


async def members_at_stage(db: AsyncSession, requirement: Requirement) -> list[Membership]:
    """The members to whom a requirement that is added now applies at once."""
    statement = select(Membership).where(
        Membership.cohort_id == requirement.cohort_id,
        Membership.status.in_(AT_STAGE[requirement.stage]),
    )
    return list(await db.scalars(statement.options(*MEMBERSHIP_REFS)))


async def has_been_given(db: AsyncSession, requirement: Requirement) -> bool:
    """Whether any member has a task from the requirement."""
    given = select(Task.id).where(Task.requirement_id == requirement.id)
    return bool(await db.scalar(select(given.exists())))


@places_collaborations
def zone_of_member(collaboration_id: Any) -> ColumnElement[str]:
    """Where it reads the clock as a member of the cohort whose place it accepted last, also when it
    has left: it is where it was."""
    of_member = select(Membership.timezone).where(
        Membership.collaboration_id == collaboration_id, Membership.accepted_at.is_not(None)
    )
    latest = of_member.order_by(Membership.accepted_at.desc(), Membership.id.desc()).limit(1)
    return latest.correlate_except(Membership).scalar_subquery()


@counts(CountingRule.COLLABORATIONS_TAKING_PART)
async def collaborations_taking_part(
    db: AsyncSession, programme_ids: Sequence[UUID], ends_at: datetime
) -> dict[UUID, int]:
    """How many collaborations took part in each programme's cohorts at `ends_at`.

    They are members from their activation until they complete or leave; leave of absence is no
    leaving. One that is in two cohorts at once counts once.
    """
    statement = (
        select(Cohort.programme_id, func.count(Membership.collaboration_id.distinct()))
        .join(Membership, Membership.cohort_id == Cohort.id)
        .where(
            Cohort.programme_id.in_(programme_ids),
            Membership.activated_at < ends_at,
            or_(Membership.ended_at.is_(None), Membership.ended_at >= ends_at),
        )
        .group_by(Cohort.programme_id)
    )
    return dict((await db.execute(statement)).all())


@ends
def ended_cohorts() -> Select[UUID]:
    """Cohorts that were closed or cancelled."""
    return select(Cohort.id).where(Cohort.status.in_(ENDED))


@ends
def ended_commons() -> Select[UUID]:
    """What they shared."""
    return select(Cohort.commons_id).where(Cohort.status.in_(ENDED))


@ends
def ended_memberships() -> Select[UUID]:
    """Memberships that ended, and those that were completed once their cohort has ended."""
    goes_on = Membership.status.in_(OPEN | {MembershipStatus.COMPLETED})
    with_cohorts = select(Membership.id).join(Cohort, Cohort.id == Membership.cohort_id)
    return with_cohorts.where(or_(~goes_on, Cohort.status.in_(ENDED)))
