"""What was said of a session, and which feedback is to be closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.feedback.models import (
    FeedbackAnswer,
    FeedbackGiver,
    FeedbackRelease,
)
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.people.erasures.personal import Personal, forgets

OPEN_FOR: Final = timedelta(days=7)
"""For how long after a session was held feedback is given."""

forgets(
    Personal(
        "session_feedback_givers",
        FeedbackGiver,
        lambda who: FeedbackGiver.account_id.in_(who.account_ids),
    )
)


async def has_given(
    db: AsyncSession, session: LearningSession, account_ids: frozenset[UUID]
) -> bool:
    """Whether somebody has given feedback about a session."""
    given = select(FeedbackGiver.account_id).where(
        FeedbackGiver.session_id == session.id, FeedbackGiver.account_id.in_(account_ids)
    )
    return bool(await db.scalar(select(given.exists())))


async def released_of(db: AsyncSession, session: LearningSession) -> FeedbackRelease | None:
    """What was released of a session when its feedback closed."""
    statement = select(FeedbackRelease).where(FeedbackRelease.session_id == session.id)
    return await db.scalar(statement)


async def answers_about(db: AsyncSession, session: LearningSession) -> Sequence[FeedbackAnswer]:
    """What was said about a session, in no order."""
    statement = select(FeedbackAnswer).where(FeedbackAnswer.session_id == session.id)
    return list(await db.scalars(statement.order_by(FeedbackAnswer.id)))


def to_be_closed(at: datetime) -> Select[UUID]:
    """The sessions of which feedback has been given for long enough."""
    is_closed = exists().where(FeedbackRelease.session_id == LearningSession.id)
    return select(LearningSession.id).where(
        LearningSession.status == LearningSessionStatus.HELD,
        LearningSession.held_at <= at - OPEN_FOR,
        ~is_closed,
    )
