"""What crosses the wire about milestones."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.grants.deadlines import MilestoneStanding
from app.funding.grants.lifecycle import MilestoneStatus
from app.funding.grants.models import MilestoneKind
from app.funding.grants.schemas import BelowGrant
from app.funding.grants.terms.schemas import CriterionOut
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Ref,
    Reference,
    Response,
    Search,
)
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
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class GrantMilestoneQuery(ExportableQuery):
    """Which milestones of a grant, in which order."""

    q: Search | None = None
    status: Several[MilestoneStatus] | None = None
    kind: Several[MilestoneKind] | None = None
    standing: MilestoneStanding | None = Field(
        default=None,
        description="What the dates say: `due` and `overdue` while a report is expected, `late` "
        "where the first one came after the due date.",
    )
    opens_from: InstantIn | None = None
    opens_until: InstantIn | None = None
    due_from: Day | None = None
    due_until: Day | None = None
    reported_from: InstantIn | None = None
    reported_until: InstantIn | None = None
    sort: MilestoneSort = MilestoneSort.DUE


class MilestoneQuery(GrantMilestoneQuery, BelowGrant):
    """Which milestones of those you may see, in which order: the calendar of obligations."""

    reference: Several[Reference] | None = None
