"""Reports of meetings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.errors import BatchRefused
from app.learning.sessions.attendance.reports import service
from app.learning.sessions.attendance.reports.schemas import (
    ImportMeetingReport,
    MeetingReportOut,
    SettleUnmatchedAttendance,
    UnmatchedAttendanceOut,
)
from app.learning.sessions.attendance.service import AttendanceNotOpen
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

LearningSessionId = Annotated[UUID, Path(description="The learning session.")]


@router.post(
    "/learning-sessions/{learning_session_id}/attendance/reports",
    permission="attendance.record",
    refuses=(CohortEnded, AttendanceNotOpen, service.MeetingReportUnreadable),
    example={
        "content": "Name (Original Name),User Email,Join Time,Leave Time\n"
        "Ada,ada@example.org,05/12/2026 10:02:00 AM,05/12/2026 11:28:00 AM\n"
    },
)
async def import_meeting_report(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId, body: ImportMeetingReport
) -> MeetingReportOut:
    """Add who was there from the report of Zoom, Teams or Meet. People are known by an address that
    is or was theirs, and never by a name. Other lines wait until somebody says who it was:
    `/attendance/unmatched`. The same report sent again adds nothing, and no report changes what a
    person has said."""
    return await service.import_meeting_report(db, actor, learning_session_id, body)


@router.get(
    "/learning-sessions/{learning_session_id}/attendance/unmatched", permission="attendance.read"
)
async def get_unmatched_attendance(
    db: Db, actor: CurrentActor, learning_session_id: LearningSessionId
) -> UnmatchedAttendanceOut:
    """The lines of reports that nobody is known by, those that are settled too."""
    return await service.get_unmatched_attendance(db, actor, learning_session_id)


@router.post(
    "/learning-sessions/{learning_session_id}/attendance/unmatched",
    permission="attendance.record",
    refuses=(CohortEnded, AttendanceNotOpen, BatchRefused),
    example={
        "items": [{"id": "0198c2a4-0000-7000-8000-000000000000", "settled": "dismissed"}],
    },
)
async def settle_unmatched_attendance(
    db: Db,
    actor: CurrentActor,
    learning_session_id: LearningSessionId,
    body: SettleUnmatchedAttendance,
) -> UnmatchedAttendanceOut:
    """Match lines of an attendance report to whoever was there, or mark them as nobody who takes
    part, such as a device in a room: all of them, or none and a pointer for each fault. `open`
    takes it back."""
    return await service.settle_unmatched_attendance(db, actor, learning_session_id, body)
