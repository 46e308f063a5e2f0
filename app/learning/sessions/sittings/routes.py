"""Sittings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.written import Written
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.schemas import LearningSessionOut
from app.learning.sessions.service import FacilitatorUnknown
from app.learning.sessions.sittings import service
from app.learning.sessions.sittings.schemas import CreateSitting, PlaceSittingMembers
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.web.moves import told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.post(
    "/learning-sessions/{learning_session_id}/sittings",
    permission="learning_session.edit",
    moves=told_new(LEARNING_SESSION, "create"),
    status=201,
    location="/v1/learning-sessions/{id}",
    refuses=(
        CohortEnded,
        service.SittingOfSitting,
        service.SittingFixed,
        FacilitatorUnknown,
        service.SittingMemberUnknown,
    ),
    example={"local_start": "2026-05-12T18:00", "timezone": "Europe/London"},
)
async def create_sitting(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: CreateSitting
) -> Written[LearningSessionOut]:
    """Plan another sitting of the session, as a draft: the same at another time, for members whose
    clocks the first does not suit. Each member attends one of them, and is expected, written to and
    asked to reply there alone; every sitting is scheduled, moved, held and cancelled by itself. Two
    sittings are offered by `POST /cohorts/{cohort_id}/session-times` where they help."""
    return await service.create_sitting(db, actor, learning_session_id, body)


@router.put(
    "/learning-sessions/{learning_session_id}/sitting-members",
    permission="learning_session.edit",
    if_match=True,
    refuses=(service.FirstSitting, service.SittingFixed, service.SittingMemberUnknown),
    example={"membership_ids": ["0198c2a4-0000-7000-8000-000000000000"]},
)
async def place_sitting_members(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: PlaceSittingMembers,
    if_match: IfMatch,
) -> Written[LearningSessionOut]:
    """Set which members attend this sitting. One that attended another sitting leaves that, and its
    people's seats there are passed on; one that is not named any more attends the first. It may be
    set for a sitting that was held, too, where a member came to the other one. Those of a sitting
    that is cancelled attend the first, where that is still to come."""
    return await service.place_sitting_members(
        db, actor, learning_session_id, body, if_match=if_match
    )
