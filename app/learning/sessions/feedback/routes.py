"""Feedback over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.feedback import service
from app.learning.sessions.feedback.schemas import GiveFeedback, SessionFeedbackOut
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.post(
    "/learning-sessions/{learning_session_id}/feedback",
    permission="session_feedback.give",
    status=204,
    idempotent=False,
    refuses=(service.FeedbackNotOpen, service.FeedbackAlreadyGiven, service.OwnSession),
    example={"rating": 4, "recommendation": 9, "comment": "More time for questions, please."},
)
async def give_feedback(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: GiveFeedback
) -> None:
    """Give feedback on a session, once, within seven days of its end. Nothing that is kept says
    which answer is yours; none is shown before all are, nor where fewer than five were given."""
    await service.give_feedback(db, actor, learning_session_id, body)


@router.get("/learning-sessions/{learning_session_id}/feedback", permission="session_feedback.read")
async def get_session_feedback(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> SessionFeedbackOut:
    """How a session was found, once feedback has closed: what was released then, and no more. Of
    fewer than five answers nothing is told, nor how many there are."""
    return await service.get_session_feedback(db, actor, learning_session_id)
