"""Learning sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.paging import ViewedFrom
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.sessions import service
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.schemas import (
    CreateLearningSession,
    EditLearningSession,
    LearningSessionFilters,
    LearningSessionOut,
    LearningSessionPage,
    LearningSessionQuery,
    WhereaboutsOut,
)
from app.learning.sessions.telling import (
    LEARNING_SESSIONS,
    LEARNING_SESSIONS_AS_CSV,
    OF_COHORT,
)
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]
LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.create(
    LEARNING_SESSION,
    "/cohorts/{cohort_id}/learning-sessions",
    refuses=(CohortEnded, service.FacilitatorUnknown, service.AgendaTooLong),
    example={
        "kind": "workshop",
        "title": "What makes data worth sharing",
        "local_start": "2026-05-12T10:00",
        "duration_minutes": 90,
        "agenda": [{"title": "Where each of us stands", "minutes": 30}],
    },
)
async def create_learning_session(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateLearningSession
) -> Written[LearningSessionOut]:
    """Plan a session of the cohort, as a draft: those who take part see it, and nothing rests on it
    before it is scheduled. It begins at an hour on the wall of its zone."""
    return await service.create_learning_session(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/learning-sessions", permission="learning_session.read")
async def list_cohort_learning_sessions(
    read: Reading, cohort_id: CohortId, query: Annotated[LearningSessionFilters, Query()]
) -> WrittenList[LearningSessionPage]:
    """The sessions of the cohort, the earliest first, for who may see the cohort. Its members read
    them by `/learning-sessions?cohort_id=`."""
    return await LEARNING_SESSIONS.page(read, query, OF_COHORT, cohort_id)


@router.get("/learning-sessions", permission="learning_session.read")
async def list_learning_sessions(
    read: Reading, query: Annotated[LearningSessionQuery, Query()]
) -> WrittenList[LearningSessionPage]:
    """The sessions that you may see, the earliest first; what was postponed or cancelled too."""
    return await LEARNING_SESSIONS.page(read, query)


@router.get("/learning-sessions/{learning_session_id}", permission="learning_session.read")
async def get_learning_session(
    read: Reading, learning_session_id: LearningSessionId, query: Annotated[ViewedFrom, Query()]
) -> Written[LearningSessionOut]:
    """One learning session."""
    return await LEARNING_SESSIONS.one(read, learning_session_id, query)


@router.patch(
    "/learning-sessions/{learning_session_id}",
    permission="learning_session.edit",
    if_match=True,
    refuses=(
        CohortEnded,
        service.LearningSessionFixed,
        service.FacilitatorElsewhere,
        service.FacilitatorUnknown,
        service.AgendaTooLong,
    ),
    example={"local_start": "2026-05-12T11:00", "applies_to": "following"},
)
async def edit_learning_session(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: EditLearningSession,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Change what the body names and nothing else; `null` clears. Of a series, `applies_to` says
    whether this session alone is changed, it and those after it, or all that are still to come."""
    return await service.edit_learning_session(
        db, actor, learning_session_id, body, if_match=if_match
    )


@router.delete(
    "/learning-sessions/{learning_session_id}",
    permission="learning_session.delete",
    if_match=True,
    refuses=(
        service.LearningSessionNotDraft,
        service.LearningSessionInSittings,
        DraftDependedOn,
    ),
    status=204,
)
async def delete_learning_session(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, if_match: IfMatch
) -> None:
    """Throw a draft away. What was announced is cancelled."""
    await service.delete_learning_session(db, actor, learning_session_id, if_match=if_match)


@router.get(
    "/learning-sessions/{learning_session_id}/whereabouts", permission="learning_session.attend"
)
async def get_whereabouts(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> WhereaboutsOut:
    """Where the session is held, and where one joins it: for those who take part."""
    return await service.get_whereabouts(db, actor, learning_session_id)


@router.move(LEARNING_SESSION, "schedule")
async def schedule_learning_session(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, if_match: IfMatch
) -> Written[LearningSessionOut]:
    """Schedule a session at the time that it has. Somebody leads it (`facilitator_missing`), and
    nobody who does leads another at that time (`facilitator_elsewhere`)."""
    return await service.move_learning_session(
        db, actor, learning_session_id, "schedule", if_match=if_match
    )


@router.move(LEARNING_SESSION, "postpone", example={"reason": "Two of the members are ill."})
async def postpone_learning_session(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Put it off. It stays visible; once it has another time, `schedule` brings it back."""
    return await service.move_learning_session(
        db, actor, learning_session_id, "postpone", if_match=if_match, reason=body.reason
    )


@router.move(LEARNING_SESSION, "begin")
async def begin_learning_session(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, if_match: IfMatch
) -> Written[LearningSessionOut]:
    """Open it, from a quarter of an hour before its time on (`too_early`)."""
    return await service.move_learning_session(
        db, actor, learning_session_id, "begin", if_match=if_match
    )


@router.move(LEARNING_SESSION, "hold")
async def hold_learning_session(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, if_match: IfMatch
) -> Written[LearningSessionOut]:
    """Mark a session as held, once its time has come (`not_begun`)."""
    return await service.hold_learning_session(db, actor, learning_session_id, if_match=if_match)


@router.move(LEARNING_SESSION, "resume", example={"reason": "Held by mistake: it still goes on."})
async def resume_learning_session(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Take it back that it was held."""
    return await service.resume_learning_session(
        db, actor, learning_session_id, body.reason, if_match=if_match
    )


@router.move(LEARNING_SESSION, "cancel", example={"reason": "The speaker cannot come."})
async def cancel_learning_session(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Let it not take place. It stays visible, with the reason in its history."""
    return await service.move_learning_session(
        db, actor, learning_session_id, "cancel", if_match=if_match, reason=body.reason
    )


@router.get("/learning-sessions/{learning_session_id}/actions", permission="learning_session.read")
async def explain_learning_session_actions(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_learning_session_actions(db, actor, learning_session_id)


@router.get("/learning-sessions/{learning_session_id}/history", permission="learning_session.read")
async def get_learning_session_history(
    read: Reading,
    learning_session_id: LearningSessionId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the session, oldest first."""
    return await read_history(LEARNING_SESSIONS, read, learning_session_id, query)


export_of(
    router,
    "/learning-sessions",
    LEARNING_SESSIONS_AS_CSV,
    LearningSessionQuery,
    permission="learning_session.read",
)
