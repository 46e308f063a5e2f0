"""What crosses the wire about the terms of a grant."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StrictInt, model_validator

from app.funding.grants.models import Capacity, MilestoneKind, TaxTreatment
from app.kernel.money import Money, MoneyIn
from app.kernel.schemas import (
    Day,
    InstantOut,
    Line,
    MinorUnits,
    Name,
    Ref,
    Request,
    Response,
    TimeZone,
)

TERMS = {
    "award": {"amount_minor": 2000000, "currency": "GBP"},
    "tax_treatment": "including",
    "starts_on": "2026-03-01",
    "ends_on": "2026-08-31",
    "budget_lines": [
        {"label": "Data engineering", "amount_minor": 1400000},
        {"label": "Community work", "amount_minor": 600000},
    ],
    "milestones": [
        {
            "kind": "delivery",
            "title": "Data sharing agreement signed by all partners",
            "amount_minor": 800000,
            "due_on": "2026-05-31",
            "timezone": "Europe/London",
            "criteria": [{"statement": "The signed agreement", "is_evidence_required": True}],
        },
        {
            "kind": "reporting",
            "title": "Final report",
            "amount_minor": 1200000,
            "due_on": "2026-08-31",
            "timezone": "Europe/London",
            "criteria": [{"statement": "What was learnt, for publication"}],
        },
    ],
}
"""What the document shows as an example."""


def _once(ids: Iterable[UUID | None]) -> bool:
    given = [one for one in ids if one is not None]
    return len(set(given)) == len(given)


class CriterionIn(Request):
    """Something that must hold for the milestone to be accepted."""

    id: UUID | None = Field(
        default=None, description="That of the criterion it was until now; null for a new one."
    )
    statement: Line
    is_evidence_required: bool = False


Criteria = Annotated[list[CriterionIn], Field(max_length=20)]


class BudgetLineIn(Request):
    """What a part of the award is for."""

    id: UUID | None = Field(
        default=None, description="That of the line it was until now; null for a new one."
    )
    label: Name
    amount_minor: MinorUnits


class VarianceToleranceIn(Request):
    """How far what is spent on a budget line may differ from it without being explained: by the
    percentage or by the amount, whichever is more."""

    per_cent: Annotated[StrictInt, Field(ge=0, le=100)] = 10
    amount_minor: MinorUnits = 0


class MilestoneIn(Request):
    """A milestone and what is agreed about it."""

    id: UUID | None = Field(
        default=None, description="That of the milestone it was until now; null for a new one."
    )
    kind: MilestoneKind
    title: Name
    is_parallel: bool = Field(
        default=False,
        description="Whether it may be reported before those ahead of it are accepted.",
    )
    needs_certification: bool = Field(
        default=False,
        description="Whether its report is certified by somebody who did not prepare it.",
    )
    amount_minor: MinorUnits
    opens_on: Day | None = Field(
        default=None,
        description="From when its report is expected; by default 30 days before it is due.",
    )
    due_on: Day
    timezone: TimeZone = Field(description="The zone in which the day it is due ends.")
    criteria: Criteria = Field(default=[])

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.opens_on is not None and self.opens_on > self.due_on:
            raise ValueError("opens after it is due")
        if not _once(criterion.id for criterion in self.criteria):
            raise ValueError("names a criterion twice")
        return self


def _each_once(milestones: list[MilestoneIn]) -> list[MilestoneIn]:
    if not _once(milestone.id for milestone in milestones):
        raise ValueError("names a milestone twice")
    return milestones


def _each_line_once(lines: list[BudgetLineIn]) -> list[BudgetLineIn]:
    if not _once(line.id for line in lines):
        raise ValueError("names a budget line twice")
    return lines


BudgetLines = Annotated[list[BudgetLineIn], Field(max_length=100), AfterValidator(_each_line_once)]
Milestones = Annotated[
    list[MilestoneIn], Field(min_length=1, max_length=50), AfterValidator(_each_once)
]


class EditGrantTerms(Request):
    """All that is agreed. Milestones and budget lines that are left out are taken away."""

    award: MoneyIn
    tax_treatment: TaxTreatment
    starts_on: Day
    ends_on: Day
    budget_lines: BudgetLines = Field(default=[])
    variance_tolerance: VarianceToleranceIn = Field(default=VarianceToleranceIn())
    milestones: Milestones

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends before it starts")
        return self


class CriterionOut(Response):
    """Something that must hold for the milestone to be accepted."""

    id: UUID
    statement: str
    is_evidence_required: bool


class BudgetLineOut(Response):
    """What a part of the award is for."""

    id: UUID = Field(description="Stays the same from one version of the terms to the next.")
    label: str
    amount: Money


class VarianceToleranceOut(Response):
    """How far what is spent on a budget line may differ from it without being explained: by the
    percentage or by the amount, whichever is more."""

    per_cent: int
    amount: Money


class MilestoneTermsOut(Response):
    """What is agreed about a milestone."""

    id: UUID = Field(description="The milestone's.")
    reference: str
    kind: MilestoneKind
    title: str
    is_parallel: bool
    needs_certification: bool
    amount: Money
    opens_on: date
    due_on: date
    timezone: str
    criteria: list[CriterionOut]


class SignatureOut(Response):
    """One side's yes to the agreement."""

    capacity: Capacity
    person: Ref
    signed_at: InstantOut


class GrantTermsOut(Response):
    """What is agreed, whole. The milestones sum to the award, and so do the budget lines."""

    id: UUID
    grant: Ref
    number: int = Field(description="1, and one more with each amendment.")
    award: Money
    tax_treatment: TaxTreatment
    starts_on: date
    ends_on: date
    budget_lines: list[BudgetLineOut]
    variance_tolerance: VarianceToleranceOut
    milestones: list[MilestoneTermsOut]
    effective_at: InstantOut | None = Field(description="When both sides had signed.")
    superseded_at: InstantOut | None = Field(description="When an amendment took its place.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AgreementOut(Response):
    """The document that the two sides sign."""

    grant: Ref
    number: int = Field(description="The number of the terms that it states.")
    sha256: str = Field(description="The hash of `content` in UTF-8, as hexadecimal digits.")
    content: str = Field(description="The terms as canonical JSON: sorted keys, no spaces.")
    signatures: list[SignatureOut]
