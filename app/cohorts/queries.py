"""How the places of cohorts stand, and who comes back."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.cohorts.lifecycle import OPEN, TAKING_PLACE, MembershipStatus
from app.cohorts.models import Cohort, Membership

JOINED = frozenset(
    {
        MembershipStatus.ACCEPTED,
        MembershipStatus.ONBOARDING,
        MembershipStatus.ACTIVE,
        MembershipStatus.PAUSED,
        MembershipStatus.COMPLETED,
    }
)


@dataclass(frozen=True)
class Places:
    """Of one cohort: the places taken, and the memberships that `selected` (accepted a place at
    some time), `joined` (hold one they accepted), wait, and are not at their end."""

    taken: int = 0
    selected: int = 0
    joined: int = 0
    waiting: int = 0
    open: int = 0


async def places_of(db: AsyncSession, cohort_ids: Collection[UUID]) -> dict[UUID, Places]:
    """The places of each of these cohorts, in one statement."""
    status = Membership.status
    counts = (
        func.count().filter(status.in_(TAKING_PLACE)),
        func.count(Membership.accepted_at),
        func.count().filter(status.in_(JOINED)),
        func.count().filter(status == MembershipStatus.WAITLISTED),
        func.count().filter(status.in_(OPEN)),
    )
    statement = select(Membership.cohort_id, *counts).group_by(Membership.cohort_id)
    rows = await db.execute(statement.where(Membership.cohort_id.in_(cohort_ids)))
    found = {cohort_id: Places(*numbers) for cohort_id, *numbers in rows}
    return {cohort_id: found.get(cohort_id, Places()) for cohort_id in cohort_ids}


async def places(db: AsyncSession, cohort: Cohort) -> Places:
    """The places of one cohort."""
    return (await places_of(db, [cohort.id]))[cohort.id]


async def was_active_before(db: AsyncSession, collaboration_id: UUID) -> bool:
    """Whether the collaboration has been an active member of any cohort."""
    earlier = select(Membership.id).where(
        Membership.collaboration_id == collaboration_id, Membership.activated_at.is_not(None)
    )
    return bool(await db.scalar(select(earlier.exists())))
