"""Who meets in a cohort, and when it met before."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.learning.sessions.access import is_for
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.sittings.queries import is_in_sittings, sits_elsewhere
from app.network.cohorts.lifecycle import LIVE
from app.network.cohorts.models import Cohort, Membership


def members_of(cohort: Cohort) -> Select[Membership]:
    """The members that have accepted their place and not come to their end, the oldest first."""
    return (
        select(Membership)
        .where(Membership.cohort_id == cohort.id, Membership.status.in_(LIVE))
        .order_by(Membership.created_at, Membership.id)
        .options(joinedload(Membership.collaboration), selectinload(Membership.pauses))
    )


async def attended_elsewhere(db: AsyncSession, cohort: Cohort) -> set[tuple[UUID, UUID]]:
    """The sessions of the cohort that were held, each with the members that attended another of
    its sittings."""
    statement = (
        select(LearningSession.id, Membership.id)
        .join(Membership, Membership.cohort_id == cohort.id)
        .where(
            is_for(cohort.id),
            LearningSession.status == LearningSessionStatus.HELD,
            is_in_sittings(),
            sits_elsewhere(Membership.id),
        )
    )
    return {
        (session_id, membership_id) for session_id, membership_id in await db.execute(statement)
    }


def held_in(cohort: Cohort) -> Select[LearningSession]:
    """The sessions of the cohort that were held."""
    return select(LearningSession).where(
        is_for(cohort.id), LearningSession.status == LearningSessionStatus.HELD
    )
