"""Consents to be recorded over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.learning.sessions.recording_consents import service
from app.learning.sessions.recording_consents.schemas import (
    RecordingConsentsOut,
    SayRecordingConsent,
)
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.put(
    "/learning-sessions/{learning_session_id}/recording-consents",
    permission="learning_session.attend",
    refuses=(service.SegmentUnknown,),
    example={"is_given": True},
    summary="Give or refuse recording consent",
)
async def say_recording_consent(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: SayRecordingConsent
) -> RecordingConsentsOut:
    """Give or refuse consent to being heard in a recording of the session, or of a part of its
    agenda. You may refuse at any time: a recording in which you are heard is shown no more."""
    return await service.say_recording_consent(db, actor, learning_session_id, body)


@router.get(
    "/learning-sessions/{learning_session_id}/recording-consents",
    permission="learning_session.attend",
)
async def get_recording_consents(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> RecordingConsentsOut:
    """Who may be heard in recordings of the session."""
    return await service.get_recording_consents(db, actor, learning_session_id)
