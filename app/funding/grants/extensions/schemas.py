"""What crosses the wire about later due dates."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.grants.schemas import BelowGrant
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantIn, InstantOut, Ref, Reference, Response, WithReason


class ExtendMilestone(WithReason):
    """The new due date, and why."""

    due_on: Day


class MilestoneExtensionOut(Response):
    """A later due date that was asked for or given, and what became of it."""

    id: UUID
    milestone: Ref
    grant: Ref
    cohort: Ref
    collaboration: Ref
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
    """Some of the extensions."""


class MilestoneExtensionSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class MilestoneExtensionQuery(PageQuery):
    """Which extensions of a milestone, in which order."""

    old_due_from: Day | None = None
    old_due_until: Day | None = None
    new_due_from: Day | None = None
    new_due_until: Day | None = None
    asked_from: InstantIn | None = None
    asked_until: InstantIn | None = None
    decided_from: InstantIn | None = None
    decided_until: InstantIn | None = None
    sort: MilestoneExtensionSort = MilestoneExtensionSort.CREATED


class AllMilestoneExtensionsQuery(BelowGrant, MilestoneExtensionQuery):
    """Which extensions, of all milestones that you may see."""

    milestone_id: Several[UUID] | None = None
    milestone_reference: Several[Reference] | None = None
    is_decided: bool | None = Field(None, description="Whether it was granted or declined.")
    is_granted: bool | None = Field(None, description="Whether it was granted; not what waits.")
