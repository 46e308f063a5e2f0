"""What crosses the wire about reports of meetings."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.kernel.schemas import InstantOut, Ref, Request, Response, TimeZone
from app.learning.sessions.meeting_reports import ReportForm


class ImportMeetingReport(Request):
    """Who was in the meeting, as the table that Zoom, Teams or Meet gives."""

    content: Annotated[str, StringConstraints(min_length=1, max_length=500_000)] = Field(
        description="The text of the table, as it was saved, with commas, semicolons or tabs "
        "between its columns."
    )
    timezone: TimeZone | None = Field(
        None, description="The zone in which its hours are; the session's unless said."
    )


class UnreadLineOut(Response):
    """A line of the report that was left out."""

    line: int = Field(description="Its number, from 1.")
    detail: str = Field(description="Why.")


class MeetingReportOut(Response):
    """What came of a report."""

    learning_session_id: UUID = Field(description="The session.")
    form: ReportForm = Field(description="Whose report it was.")
    added: int = Field(description="Lines of people who act for members, which were added.")
    already_known: int = Field(description="Lines that were known, or settled, before.")
    not_members: int = Field(description="Lines of people who act for no member, such as hosts.")
    unmatched: int = Field(description="Lines whose person no address says: somebody has to.")
    unread: list[UnreadLineOut] = Field(description="Lines that cannot be read.")


class Settled(StrEnum):
    """What was said of a line."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"


class UnmatchedLineOut(Response):
    """A line of a report that nobody is known by."""

    id: UUID
    form: ReportForm = Field(description="Whose report it was.")
    called: str = Field(description="What they were called there: anybody may call themselves so.")
    email: str | None = Field(description="The address that the report has.")
    joined_at: InstantOut
    left_at: InstantOut
    settled: Settled = Field(description="Whether somebody has said who it was.")
    account: Ref | None = Field(description="Who it was, as somebody has said.")


class UnmatchedAttendanceOut(Response):
    """The lines of a session's reports that nobody is known by."""

    learning_session_id: UUID = Field(description="The session.")
    items: list[UnmatchedLineOut] = Field(description="The open ones first, then as they joined.")


class SettleLine(Request):
    """What is said of one line."""

    id: UUID = Field(description="The line.")
    settled: Settled = Field(description="`open` takes back what was said.")
    account_id: UUID | None = Field(None, description="Who it was, where it is `assigned`.")


class SettleUnmatchedAttendance(Request):
    """Whose lines they are."""

    items: list[SettleLine] = Field(min_length=1, max_length=200)
