"""Whom learning sessions are for, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.written import Written
from app.learning.sessions.schemas import LearningSessionOut
from app.learning.sessions.sharing import service
from app.learning.sessions.sharing.schemas import ShareLearningSession
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.put(
    "/learning-sessions/{learning_session_id}/cohorts",
    permission="learning_session.edit",
    if_match=True,
    refuses=(CohortEnded, service.SharingFixed, service.OtherCohortUnknown),
    example={"other_cohort_ids": ["0198c2a4-0000-7000-8000-000000000000"]},
)
async def share_learning_session(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: ShareLearningSession,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Set which cohorts the session is for besides the one that plans it, until it begins. The
    members of each take part, and the team of each runs it too. You hold `learning_session.create`
    in each that comes to it, for a whole programme in that. A cohort that is closed or cancelled
    leaves it. Its other sittings that are to come are for the same."""
    return await service.share_learning_session(
        db, actor, learning_session_id, body, if_match=if_match
    )
