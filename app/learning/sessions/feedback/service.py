"""What is done with feedback: given, and closed by the clock."""

from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.learning.sessions.feedback.models import (
    FeedbackAnswer,
    FeedbackGiver,
    FeedbackRelease,
)
from app.learning.sessions.feedback.queries import (
    OPEN_FOR,
    answers_about,
    has_given,
    released_of,
    to_be_closed,
)
from app.learning.sessions.feedback.schemas import (
    GiveFeedback,
    RatingCountOut,
    SessionFeedbackOut,
    Withheld,
)
from app.learning.sessions.feedback.summary import RATINGS, Said, summarised
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import hold_session, seated_session
from app.people.identity.actors import NOBODY, Actor, scheduler


class FeedbackNotOpen(Conflict):
    """Feedback is given about a session that was held, for seven days."""


class FeedbackAlreadyGiven(Conflict):
    """You have given feedback about this session. Nobody knows which it is, so that it stays."""


class OwnSession(Conflict):
    """Whoever leads a session gives no feedback about it."""


async def give_feedback(
    db: AsyncSession, actor: Actor, learning_session_id: UUID, body: GiveFeedback
) -> None:
    """Give feedback on a session. Who gave it is kept apart from what was said.

    Raises FeedbackNotOpen, FeedbackAlreadyGiven, OwnSession (409).
    """
    session = await seated_session.allowing(
        db, actor, learning_session_id, "session_feedback.give", lock=True
    )
    closes_at = _closes_at(session)
    if closes_at is None or now(db) >= closes_at or await released_of(db, session):
        raise FeedbackNotOpen
    if any(one.account_id in actor.persons for one in session.facilitators):
        raise OwnSession
    if await has_given(db, session, actor.persons):
        raise FeedbackAlreadyGiven
    db.add(FeedbackGiver(session_id=session.id, account_id=actor.person_id))
    db.add(FeedbackAnswer(session_id=session.id, **body.model_dump()))
    activity.record(db, NOBODY, "learning_session.feedback_given", session)
    await db.flush()


def _closes_at(session: LearningSession) -> datetime | None:
    if session.status != LearningSessionStatus.HELD or session.held_at is None:
        return None
    return session.held_at + OPEN_FOR


async def get_session_feedback(
    db: AsyncSession, actor: Actor, learning_session_id: UUID
) -> SessionFeedbackOut:
    """How a session was found: what was released of it when feedback closed."""
    session = await seated_session.allowing(db, actor, learning_session_id, "session_feedback.read")
    closes_at, release = _closes_at(session), await released_of(db, session)
    told: dict[str, Any] = {"learning_session_id": session.id, "closes_at": closes_at}
    if release is None or release.released is None:
        reason = Withheld.OPEN if closes_at else Withheld.NOT_HELD
        return SessionFeedbackOut(
            **told,
            null_reason=Withheld.TOO_FEW if release else reason,
            answered=None,
            rating_mean=None,
            ratings=[],
            recommendation_score=None,
            comments=[],
        )
    said: dict[str, Any] = dict(release.released)
    said["ratings"] = [RatingCountOut(rating=n, count=said["ratings"][str(n)]) for n in RATINGS]
    return SessionFeedbackOut(**told, null_reason=None, **said)


@every("*/5 * * * *", "close_feedback")
async def close_feedback(database: Database, clock: Clock) -> int:
    """Close the feedback that has been open for long enough; returns of how many sessions."""
    async with database.transaction() as db:
        session_ids = list(await db.scalars(to_be_closed(clock.now())))
    return await each(database, session_ids, release_feedback)


async def release_feedback(db: AsyncSession, session_id: UUID) -> int:
    """Release what may be told of a session's feedback, once, and forget the rest of it."""
    session = await hold_session(db, session_id, skip_locked=True)
    if session is None or await released_of(db, session):
        return 0
    answers = await answers_about(db, session)
    db.add(FeedbackRelease(session_id=session.id, closed_at=now(db), released=_released(answers)))
    for table in (FeedbackAnswer, FeedbackGiver):
        await db.execute(delete(table).where(table.session_id == session.id))
    activity.record(db, scheduler(), "learning_session.feedback_closed", session)
    await db.flush()
    return 1


def _released(answers: Any) -> dict[str, Any] | None:
    """What is told of these answers; of too few nothing, what they wrote neither."""
    summary = summarised([Said(one.rating, one.recommendation) for one in answers])
    if summary is None:
        return None
    comments = [one.comment for one in answers if one.comment]
    SystemRandom().shuffle(comments)
    return {
        "answered": summary.answered,
        "rating_mean": round(float(summary.rating_mean), 2),
        "ratings": {str(rating): count for rating, count in summary.ratings.items()},
        "recommendation_score": round(float(summary.recommendation_score), 1),
        "comments": comments,
    }
