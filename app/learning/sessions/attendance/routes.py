"""Attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.errors import BatchRefused
from app.learning.sessions.attendance import service
from app.learning.sessions.attendance.schemas import (
    AddAttendance,
    AttendanceOut,
    RecordAttendance,
)
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]
AccountId = Annotated[UUID, Path(description="Whose attendance it is.")]


@router.get(
    "/learning-sessions/{learning_session_id}/attendance", permission="learning_session.read"
)
async def get_attendance(read: Reading, learning_session_id: LearningSessionId) -> AttendanceOut:
    """Who was expected, and who came: by what whoever runs it says, and otherwise by when they
    were there. Nobody is absent from a session of which nothing was recorded. Whoever does not hold
    `attendance.read` is told of themselves alone."""
    return await service.get_attendance(read, learning_session_id)


@router.put(
    "/learning-sessions/{learning_session_id}/attendance/{account_id}",
    permission="attendance.record",
    refuses=(
        CohortEnded,
        service.AttendanceNotOpen,
        service.AttendeeUnknown,
        service.ExcuseWithoutReason,
    ),
    example={"verdict": "excused", "reason": "Ill, and said so in time."},
)
async def record_attendance(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    account_id: AccountId,
    body: RecordAttendance,
) -> AttendanceOut:
    """Record whether somebody was there. It wins over the evidence, and over what comes in later;
    for somebody who acts for several members it counts for all of them."""
    return await service.record_attendance(db, actor, learning_session_id, account_id, body)


@router.post(
    "/learning-sessions/{learning_session_id}/attendance/batch",
    permission="attendance.record",
    refuses=(CohortEnded, service.AttendanceNotOpen, BatchRefused),
    example={
        "items": [
            {
                "account_id": "0198c2a4-0000-7000-8000-000000000000",
                "joined_at": "2026-05-12T09:02:00Z",
                "left_at": "2026-05-12T10:28:00Z",
            }
        ]
    },
)
async def add_attendance(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: AddAttendance
) -> AttendanceOut:
    """Add when people were there, as the report of a meeting has it: all lines, or none and a
    pointer for each fault. What is there already is not added again, and what several sources say
    of the same minute counts once."""
    return await service.add_attendance(db, actor, learning_session_id, body)
