"""What crosses the wire about later due dates."""

from datetime import date
from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantOut, Ref, Response, WithReason


class ExtendMilestone(WithReason):
    """The new due date, and why."""

    due_on: Day


class MilestoneExtensionOut(Response):
    """A later due date that was asked for or given, and what became of it."""

    id: UUID
    milestone: Ref
    old_due_on: date
    new_due_on: date
    timezone: str
    reason: str
    asked_by: Ref
    asked_at: InstantOut
    is_granted: bool | None = Field(description="Null until it is decided.")
    decided_by: Ref | None
    decided_at: InstantOut | None
    decision_reason: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class MilestoneExtensionPage(Page[MilestoneExtensionOut]):
    """Some of the extensions of a milestone."""


class MilestoneExtensionQuery(PageQuery):
    """A page of the extensions of a milestone, the first asked first."""
