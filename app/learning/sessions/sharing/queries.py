"""Which cohorts, members and sessions are shared with which."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.learning.sessions.access import cohorts_of
from app.learning.sessions.lifecycle import TO_COME
from app.learning.sessions.models import LearningSession, SessionCohort
from app.network.cohorts.lifecycle import ENDED, CohortStatus, MembershipStatus
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.access import held
from app.people.identity.scopes import ScopeEdge

WITH_FACILITATORS = (selectinload(LearningSession.facilitators),)


async def shared_with(db: AsyncSession, session: LearningSession) -> Sequence[Cohort]:
    """The cohorts that a session is for, by their reference."""
    statement = select(Cohort).where(Cohort.id.in_(cohorts_of(session.id)))
    return list(await db.scalars(statement.order_by(Cohort.reference)))


def going_on_beside(cohort: Cohort) -> Select[Cohort]:
    """The other cohorts of its programme that have begun and not ended, held in one order."""
    statement = select(Cohort).where(
        Cohort.programme_id == cohort.programme_id,
        Cohort.id != cohort.id,
        Cohort.status.in_((CohortStatus.RUNNING, CohortStatus.WRAPPING_UP)),
    )
    return held(statement.order_by(Cohort.id), Cohort)


def completed_in(programme_id: UUID) -> Select[UUID]:
    """The memberships of a programme that were completed."""
    statement = select(Membership.id).join(Cohort, Cohort.id == Membership.cohort_id)
    return statement.where(
        Cohort.programme_id == programme_id, Membership.status == MembershipStatus.COMPLETED
    ).order_by(Membership.id)


def open_to_completed(session: LearningSession) -> Select[UUID]:
    """The memberships that were completed, and whose people take part in a session all the same."""
    linked = select(ScopeEdge.parent_id).where(ScopeEdge.child_id == session.id)
    return select(Membership.id).where(
        Membership.id.in_(linked), Membership.status == MembershipStatus.COMPLETED
    )


def open_to_programme(programme_id: UUID) -> Select[LearningSession]:
    """The sessions to come that are for a whole programme, held."""
    return _of_programme(programme_id, LearningSession.is_for_programme)


def open_to_who_completes(programme_id: UUID) -> Select[LearningSession]:
    """The sessions to come in which those take part that complete a cohort of a programme, held."""
    is_open = or_(LearningSession.is_for_programme, LearningSession.is_for_alumni)
    return _of_programme(programme_id, is_open)


def _of_programme(programme_id: UUID, such: Any) -> Select[LearningSession]:
    statement = (
        select(LearningSession)
        .join(Cohort, Cohort.id == LearningSession.cohort_id)
        .where(
            Cohort.programme_id == programme_id,
            such,
            LearningSession.status.in_(TO_COME),
        )
        .order_by(LearningSession.id)
        .options(*WITH_FACILITATORS)
    )
    return held(statement, LearningSession)


def is_shared(cohort_id: UUID, session_id: Any = LearningSession.id) -> ColumnElement[bool]:
    """Whether a session is for another cohort too, which goes on."""
    return (
        exists()
        .where(
            SessionCohort.session_id == session_id,
            SessionCohort.cohort_id != cohort_id,
            SessionCohort.cohort_id == Cohort.id,
            Cohort.status.not_in(ENDED),
        )
        .correlate_except(SessionCohort, Cohort)
    )
