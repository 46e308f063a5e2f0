"""Minutes over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.sessions.minutes import service
from app.learning.sessions.minutes.lifecycle import SESSION_MINUTES
from app.learning.sessions.minutes.schemas import (
    CreateSessionMinutes,
    EditSessionMinutes,
    SessionMinutesOut,
    SessionMinutesPage,
    SessionMinutesQuery,
)
from app.learning.sessions.minutes.telling import MINUTES, MINUTES_AS_CSV
from app.learning.sessions.recording_consents.service import SegmentUnknown
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]
SessionMinutesId = Annotated[UUID, Path(description="The minutes.")]


@router.create(
    SESSION_MINUTES,
    "/learning-sessions/{learning_session_id}/minutes",
    refuses=(
        service.SessionNotHeld,
        service.MinutesAlreadyWritten,
        SegmentUnknown,
        service.LearningUnknown,
        service.VoiceUnknown,
    ),
    example={
        "recap": "Three of us share their tide tables from May on.",
        "links": [{"title": "The tide tables", "url": "https://example.org/tides"}],
    },
)
async def create_session_minutes(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: CreateSessionMinutes
) -> Written[SessionMinutesOut]:
    """Create the minutes of a session, as a draft."""
    return await service.create_session_minutes(db, actor, learning_session_id, body)


@router.get("/session-minutes", permission="session_minutes.read")
async def list_session_minutes(
    read: Reading, query: Annotated[SessionMinutesQuery, Query()]
) -> WrittenList[SessionMinutesPage]:
    """The recaps of the sessions in which you take part, and the drafts of those that you lead."""
    return await MINUTES.page(read, query)


@router.get("/session-minutes/{session_minutes_id}", permission="session_minutes.read")
async def get_session_minutes(
    read: Reading, session_minutes_id: SessionMinutesId
) -> Written[SessionMinutesOut]:
    """The minutes of one session."""
    return await MINUTES.one(read, session_minutes_id)


@router.patch(
    "/session-minutes/{session_minutes_id}",
    permission="session_minutes.write",
    if_match=True,
    refuses=(SegmentUnknown, service.LearningUnknown, service.VoiceUnknown),
    example={"recap": "Four of us share their tide tables from May on."},
)
async def edit_session_minutes(
    db: Db,
    actor: CurrentActor,
    session_minutes_id: SessionMinutesId,
    body: EditSessionMinutes,
    if_match: IfMatch,
) -> Written[SessionMinutesOut]:
    """Change what the body names and nothing else."""
    return await service.edit_session_minutes(
        db, actor, session_minutes_id, body, if_match=if_match
    )


@router.move(SESSION_MINUTES, "publish")
async def publish_session_minutes(
    db: Db, actor: CurrentActor, session_minutes_id: SessionMinutesId, if_match: IfMatch
) -> Written[SessionMinutesOut]:
    """Let those who take part read them. It is refused (`consent_missing`) where somebody is heard
    in a recording who has not agreed to that, and named with the part."""
    return await service.publish_session_minutes(db, actor, session_minutes_id, if_match=if_match)


@router.move(SESSION_MINUTES, "retract", example={"reason": "A number in it is wrong."})
async def retract_session_minutes(
    db: Db,
    actor: CurrentActor,
    session_minutes_id: SessionMinutesId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[SessionMinutesOut]:
    """Make a draft of them again: only those who write them see them."""
    return await service.retract_session_minutes(
        db, actor, session_minutes_id, body.reason, if_match=if_match
    )


@router.get("/session-minutes/{session_minutes_id}/actions", permission="session_minutes.read")
async def explain_session_minutes_actions(
    db: Db, actor: CurrentActor, session_minutes_id: SessionMinutesId
) -> ActionsOut:
    """Every move of the minutes now, with what stands in its way."""
    return await service.explain_session_minutes_actions(db, actor, session_minutes_id)


history_of(
    router,
    "session_minutes",
    "/session-minutes/{session_minutes_id}",
    MINUTES,
    permission="session_minutes.read",
)

export_of(
    router,
    "/session-minutes",
    MINUTES_AS_CSV,
    SessionMinutesQuery,
    permission="session_minutes.read",
)
