"""What crosses the wire about templates of grants."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, Field, StrictInt, model_validator

from app.funding.grants.models import MilestoneKind, TaxTreatment
from app.funding.grants.templates.dates import TemplateAnchor, days_from_start
from app.funding.grants.terms.schemas import VarianceToleranceIn, VarianceToleranceOut
from app.kernel.money import Money, MoneyIn
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    Day,
    InstantOut,
    Line,
    MinorUnits,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.network.programmes.schemas import BelowProgramme
from app.web.exports import ExportChoice

TEMPLATE = {
    "award": {"amount_minor": 2000000, "currency": "GBP"},
    "tax_treatment": "including",
    "ends_after_days": 183,
    "budget_lines": [{"label": "Participants' time", "amount_minor": 2000000}],
    "milestones": [
        {
            "kind": "delivery",
            "title": "The data collaboration is scoped",
            "amount_minor": 800000,
            "due": {"days": 91},
            "criteria": [{"statement": "The scope is published.", "is_evidence_required": True}],
        },
        {
            "kind": "reporting",
            "title": "Final report",
            "amount_minor": 1200000,
            "due": {"anchor": "grant_end", "days": 0},
        },
    ],
}
"""What the document shows as an example."""

LONGEST = (LATEST_YEAR - EARLIEST_YEAR + 1) * 366
"""Days: as many as the calendar of the service has, so that each grant can be kept as one."""

Days = Annotated[StrictInt, Field(ge=-LONGEST, le=LONGEST)]


class RelativeDayIn(Request):
    """A day counted from another day of the grant."""

    anchor: TemplateAnchor = TemplateAnchor.GRANT_START
    days: Days = Field(description="Days after the anchor; negative before it.")


class TemplateCriterionIn(Request):
    """Something that must hold for the milestone to be accepted."""

    statement: Line
    is_evidence_required: bool = False


class TemplateLineIn(Request):
    """What a part of the award is for."""

    label: Name
    amount_minor: MinorUnits


class TemplateMilestoneIn(Request):
    """A milestone, due so many days after the grant begins or before it ends."""

    kind: MilestoneKind
    title: Name
    is_parallel: bool = False
    needs_certification: bool = False
    amount_minor: MinorUnits
    opens: RelativeDayIn | None = Field(
        default=None,
        description="From when its report is expected; by default 30 days before it is due.",
    )
    due: RelativeDayIn
    criteria: list[TemplateCriterionIn] = Field(default=[], max_length=20)


class TemplateTermsIn(Request):
    """What is usually agreed. The milestones sum to the award, and so do budget lines."""

    award: MoneyIn
    tax_treatment: TaxTreatment
    ends_after_days: Annotated[StrictInt, Field(ge=0, le=LONGEST)] = Field(
        description="How many days after its start the grant ends."
    )
    budget_lines: list[TemplateLineIn] = Field(default=[], max_length=100)
    variance_tolerance: VarianceToleranceIn = Field(default=VarianceToleranceIn())
    milestones: list[TemplateMilestoneIn] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _opens_before_due(self) -> Self:
        for milestone in self.milestones:
            if milestone.opens and self.offset(milestone.opens) > self.offset(milestone.due):
                raise ValueError(f"{milestone.title!r} opens after it is due")
        return self

    def offset(self, one: RelativeDayIn) -> int:
        """How many days after the start of the grant."""
        return days_from_start(one.anchor, one.days, ends_after_days=self.ends_after_days)


class CreateGrantTemplate(Request):
    """A template for the grants of a programme."""

    title: Name = Field(description="Of the grants too, unless they are given another.")
    summary: Prose | None = None
    terms: TemplateTermsIn


class EditGrantTemplate(Request):
    """What is to change; the terms are replaced whole. Grants that were made stay as they are."""

    title: Name | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING
    terms: TemplateTermsIn | MISSING = MISSING


class SaveGrantAsTemplate(Request):
    """How the template is to be called."""

    title: Name
    summary: Prose | None = None


class CreateGrantFromTemplate(Request):
    """From when the grant runs, and where its days end."""

    template_id: UUID
    starts_on: Day
    timezone: TimeZone = Field(description="The zone in which the days end on which it is due.")
    title: Name | None = Field(default=None, description="By default that of the template.")
    summary: Prose | None = Field(default=None, description="By default that of the template.")
    fund_id: UUID | None = Field(
        default=None,
        description="The fund of the programme that pays it; it can be named until the offer.",
    )


class RelativeDayOut(Response):
    """A day counted from another day of the grant."""

    anchor: TemplateAnchor
    days: int


class TemplateCriterionOut(Response):
    """Something that must hold for the milestone to be accepted."""

    statement: str
    is_evidence_required: bool


class TemplateLineOut(Response):
    """What a part of the award is for."""

    label: str
    amount: Money


class TemplateMilestoneOut(Response):
    """A milestone, due so many days after the grant begins or before it ends."""

    kind: MilestoneKind
    title: str
    is_parallel: bool
    needs_certification: bool
    amount: Money
    opens: RelativeDayOut | None
    due: RelativeDayOut
    criteria: list[TemplateCriterionOut]


class GrantTemplateOut(Response):
    """What is usually agreed in a programme."""

    id: UUID
    programme: Ref
    title: str
    summary: str | None
    award: Money
    tax_treatment: TaxTreatment
    ends_after_days: int
    budget_lines: list[TemplateLineOut]
    variance_tolerance: VarianceToleranceOut
    milestones: list[TemplateMilestoneOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class GrantTemplatePage(Page[GrantTemplateOut]):
    """Some of the templates."""


class GrantTemplateSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ProgrammeGrantTemplateQuery(PageQuery):
    """Which templates of a programme, in which order."""

    q: Search | None = None
    sort: GrantTemplateSort = GrantTemplateSort.CREATED


class GrantTemplateQuery(BelowProgramme, ExportChoice, ProgrammeGrantTemplateQuery):
    """Which templates of those you may see, in which order."""
