"""What crosses the wire about reports."""

from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.funding.grants.schemas import BelowGrant
from app.funding.reports.answers.schemas import ReportAnswerOut, ReportEvidenceOut
from app.funding.reports.expenditures.schemas import ReportExpenditureOut
from app.funding.reports.lifecycle import ReportStatus
from app.funding.reports.unlocking import PartKind
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
)


class CreateReport(Request):
    """A report on a milestone; all of it can be filled in later."""

    period_starts_on: Day | None = Field(
        default=None, description="The first day that the report covers."
    )
    period_ends_on: Day | None = None
    narrative: Prose | None = Field(default=None, description="What happened, in prose.")
    public_summary: Prose | None = Field(
        default=None, description="What may be said of it in public, once the grantee consents."
    )

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        starts, ends = self.period_starts_on, self.period_ends_on
        if starts is not None and ends is not None and ends < starts:
            raise ValueError("ends before it starts")
        return self


class EditReport(Request):
    """What is to change. Answers are saved one at a time."""

    period_starts_on: Day | MISSING | None = MISSING
    period_ends_on: Day | MISSING | None = MISSING
    narrative: Prose | MISSING | None = MISSING
    public_summary: Prose | MISSING | None = MISSING


class ReportListedOut(Response):
    """A report without what is said in it."""

    id: UUID
    milestone: Ref
    grant: Ref
    cohort: Ref
    collaboration: Ref
    status: ReportStatus
    is_void: bool = Field(
        description="Its grant came to an end before it was decided: it stays as it is, and nobody "
        "is waited for. It can only be withdrawn."
    )
    period_starts_on: date | None
    period_ends_on: date | None
    submissions: int = Field(description="How often it was submitted: its latest version.")
    submitted_at: InstantOut | None = Field(description="When it was last submitted.")
    sha256: str | None = Field(description="The hash of its latest version.")
    due_at: InstantOut = Field(description="When the milestone is due.")
    is_late: bool = Field(description="The milestone was first reported after it was due.")
    needs_certification: bool
    prepared_by: Ref | None = Field(description="Null where nobody began it before it was excused.")
    certified_by: Ref | None = Field(
        description="Who certified the version that was submitted last; null again once changes "
        "are requested: the next version is certified anew."
    )
    reviewer: Ref | None
    decided_by: Ref | None
    decided_at: InstantOut | None
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int = Field(description="Of its own fields: what an edit of them compares.")
    content_version: int = Field(
        description="Of all that is said and shown in it: what it is submitted, accepted or "
        "rejected by. The ETag has both, as `version.content_version`."
    )
    created_at: InstantOut
    updated_at: InstantOut


class ChangeRequestOut(Response):
    """What a reviewer asks to be changed."""

    id: UUID
    round: int = Field(description="The submitted version that it is about.")
    part: PartKind = Field(description="What is to be changed; the period is of the narrative.")
    criterion_id: UUID | None = Field(description="Where the part is a criterion.")
    line_id: UUID | None = Field(description="Where the part is a budget line.")
    request: str
    requested_by: Ref
    requested_at: InstantOut
    answered_at: InstantOut | None = Field(description="When the part was saved again.")


class ReportOut(ReportListedOut):
    """A report, whole. While changes are requested, only what they name is unlocked."""

    narrative: str | None
    is_narrative_unlocked: bool
    public_summary: str | None = Field(
        description="What may be said of it in public, once the grantee consents."
    )
    is_summary_unlocked: bool
    answers: list[ReportAnswerOut] = Field(description="One for each criterion, in order.")
    expenditures: list[ReportExpenditureOut] = Field(
        description="Budget against actual, one for each line of the budget, in order."
    )
    evidence: list[ReportEvidenceOut]
    change_requests: list[ChangeRequestOut]


class ReportPage(Page[ReportListedOut]):
    """Some of the reports."""


class ReportSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class MilestoneReportQuery(PageQuery):
    """Which reports on a milestone, in which order."""

    status: Several[ReportStatus] | None = None
    period_starts_from: Day | None = None
    period_starts_until: Day | None = None
    period_ends_from: Day | None = None
    period_ends_until: Day | None = None
    submitted_from: InstantIn | None = None
    submitted_until: InstantIn | None = None
    due_from: InstantIn | None = None
    due_until: InstantIn | None = None
    decided_from: InstantIn | None = None
    decided_until: InstantIn | None = None
    sort: ReportSort = ReportSort.CREATED_DESCENDING


class ReportQuery(MilestoneReportQuery, BelowGrant):
    """Which reports of those you may see, in which order."""

    milestone_id: Several[UUID] | None = None
    milestone_reference: Several[Reference] | None = None


class ReportVersionOut(Response):
    """A report as it was submitted. It never changes."""

    number: int
    sha256: str = Field(description="The hash of `content` in UTF-8, as hexadecimal digits.")
    content: str = Field(description="The report as canonical JSON: sorted keys, no spaces.")
    submitted_by: Ref
    submitted_at: InstantOut
    certified_by: Ref | None = Field(description="Who certified this version.")


class ReportChangeOut(Response):
    """A part of a report, as it was submitted before and as it was submitted then."""

    part: str = Field(
        description="A JSON Pointer: a field, an answer by its criterion, what was spent by its "
        "budget line, evidence by its id.",
        examples=["/answers/0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"],
    )
    before: dict[str, Any] | str | None = Field(description="Null where it was not there.")
    after: dict[str, Any] | str | None = Field(description="Null where it was taken out.")


class ReportChangesOut(Response):
    """What changed from one submitted version to the next."""

    number: int
    previous_number: int
    changes: list[ReportChangeOut]
