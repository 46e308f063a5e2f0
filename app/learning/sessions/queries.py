"""Sessions that stand in somebody's way."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.learning.sessions.access import WHOLE, cohorts_of, is_for
from app.learning.sessions.lifecycle import OPEN, TAKES_TIME, LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.network.cohorts.lifecycle import ENDED, CohortStatus
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account


def sessions_of(
    cohort: Cohort, statuses: Collection[LearningSessionStatus] = OPEN
) -> Select[LearningSession]:
    """The sessions for a cohort, or for it too, that are one of these, the earliest first."""
    statement = select(LearningSession).where(
        is_for(cohort.id), LearningSession.status.in_(statuses)
    )
    return statement.order_by(LearningSession.starts_at, LearningSession.id).options(*WHOLE)


def sessions_in_series(
    series_id: UUID, statuses: Collection[LearningSessionStatus] = OPEN
) -> Select[LearningSession]:
    """The sessions of a series that are one of these, the earliest first."""
    statement = select(LearningSession).where(
        LearningSession.series_id == series_id, LearningSession.status.in_(statuses)
    )
    return statement.order_by(LearningSession.starts_at, LearningSession.id).options(*WHOLE)


async def status_of_ended(db: AsyncSession, session: LearningSession) -> CohortStatus | None:
    """How one of the cohorts that a session is for came to its end; None while all go on."""
    ended = select(Cohort.status).where(
        Cohort.id.in_(cohorts_of(session.id)), Cohort.status.in_(ENDED)
    )
    return await db.scalar(ended.order_by(Cohort.id).limit(1))


async def led_elsewhere(db: AsyncSession, session: LearningSession) -> list[str]:
    """The names of those who lead this session and another at the same time, by the alphabet."""
    other, leads = aliased(LearningSession), aliased(Facilitator)
    statement = (
        select(Account.name)
        .distinct()
        .select_from(Facilitator)
        .join(Account, Account.id == Facilitator.account_id)
        .join(leads, leads.account_id == Facilitator.account_id)
        .join(other, other.id == leads.session_id)
        .where(
            Facilitator.session_id == session.id,
            other.id != session.id,
            other.status.in_(TAKES_TIME),
            other.starts_at < session.ends_at,
            other.ends_at > session.starts_at,
        )
    )
    return sorted(await db.scalars(statement))
