"""What crosses the wire about milestones."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.grants.deadlines import MilestoneStanding
from app.funding.grants.lifecycle import MilestoneStatus
from app.funding.grants.models import MilestoneKind
from app.funding.grants.terms.schemas import CriterionOut
from app.kernel.endorsements import EndorsementOut
from app.kernel.money import Money
from app.kernel.paging import Page
from app.kernel.schemas import ActionOut, Day, InstantOut, Ref, Reference, Response
from app.web.exports import ExportableQuery


class MilestoneOut(Response):
    """A milestone, with what is agreed about it now and what its dates say."""

    id: UUID
    reference: str = Field(examples=["MS01-G04-M2"])
    number: int
    kind: MilestoneKind
    title: str
    status: MilestoneStatus
    grant: Ref
    cohort: Ref
    collaboration: Ref
    amount: Money
    accepted_amount: Money | None = Field(
        description="What was accepted of the amount; null until it is accepted."
    )
    is_parallel: bool = Field(description="It may be reported before those ahead of it.")
    needs_certification: bool = Field(
        description="Its report is certified by somebody who did not prepare it."
    )
    opens_at: InstantOut = Field(description="From when its report is expected.")
    due_on: date
    timezone: str
    due_at: InstantOut = Field(
        description="The end of `due_on` in `timezone`: what comes then is late."
    )
    is_due: bool = Field(
        description="A report is expected now, and there is still time; never of a grant that is "
        "held."
    )
    is_overdue: bool = Field(description="The due date has passed, and nothing was reported.")
    is_late: bool = Field(description="It was first reported after its due date.")
    reported_at: InstantOut | None = Field(description="When it was first reported.")
    criteria: list[CriterionOut]
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class MilestonePage(Page[MilestoneOut]):
    """Some of the milestones."""


class MilestoneSort(StrEnum):
    DUE = "due_at"
    DUE_DESCENDING = "-due_at"
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"


class GrantMilestoneQuery(ExportableQuery):
    """Which milestones of a grant, in which order."""

    status: MilestoneStatus | None = None
    standing: MilestoneStanding | None = Field(
        default=None,
        description="What the dates say: `due` and `overdue` while a report is expected, `late` "
        "where the first one came after the due date.",
    )
    sort: MilestoneSort = MilestoneSort.DUE


class MilestoneQuery(GrantMilestoneQuery):
    """Which milestones of those you may see, in which order: the calendar of obligations."""

    grant_id: UUID | None = None
    grant_reference: Reference | None = None
    cohort_id: UUID | None = None
    collaboration_id: UUID | None = None
    reference: Reference | None = None
    kind: MilestoneKind | None = None
    due_from: Day | None = Field(default=None, description="Due on this day or later.")
    due_until: Day | None = Field(default=None, description="Due on this day or earlier.")
