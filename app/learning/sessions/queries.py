"""Sessions that stand in somebody's way."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.learning.sessions.access import WHOLE
from app.learning.sessions.lifecycle import OPEN, TAKES_TIME, LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.network.cohorts.models import Cohort
from app.people.identity.models import Account


def sessions_of(
    cohort: Cohort, statuses: Collection[LearningSessionStatus] = OPEN
) -> Select[LearningSession]:
    """The sessions of a cohort that are one of these, the earliest first."""
    statement = select(LearningSession).where(
        LearningSession.cohort_id == cohort.id, LearningSession.status.in_(statuses)
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
