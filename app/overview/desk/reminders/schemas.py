"""What crosses the wire about reminders."""

from datetime import date
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.nouns import NounName
from app.kernel.paging import Page, Paging
from app.kernel.schemas import Day, InstantIn, InstantOut, Ref, Response
from app.overview.desk.kinds import WorkKind
from app.overview.desk.reminders.models import ReminderKind


class ListReminders(Paging):
    """Which of my reminders."""

    due_from: Day | None = None
    due_until: Day | None = None
    reminded_from: InstantIn | None = None
    reminded_until: InstantIn | None = None

    kind: Several[ReminderKind] | None = Field(None, description="Any of these.")


class ReminderOut(Response):
    """Something that I was reminded of."""

    id: UUID
    kind: ReminderKind = Field(description="The occasion, in `timezone`.")
    work: WorkKind = Field(description="What is to be done.")
    noun: NounName = Field(description="What it concerns.")
    subject: Ref = Field(description="The thing itself, as it was called then.")
    due_at: InstantOut
    due_on: date
    timezone: str
    reminded_at: InstantOut
    is_open: bool = Field(description="It still waits for me, and is due when it was.")


class ReminderPage(Page[ReminderOut]):
    """Some of what I was reminded of, the latest first."""
