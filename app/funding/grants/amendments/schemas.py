"""What crosses the wire about amendments."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from app.funding.grants.amendments.lifecycle import AmendmentStatus
from app.funding.grants.models import MilestoneKind, TaxTreatment
from app.funding.grants.schemas import BelowGrant
from app.funding.grants.terms.schemas import EditGrantTerms, VarianceToleranceOut
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, InstantOut, Reason, Ref, Request, Response

Terms = Annotated[
    EditGrantTerms,
    Field(
        description="All that is to be agreed: `award`, `tax_treatment`, `starts_on`, `ends_on`, "
        "`budget_lines`, `variance_tolerance` and `milestones` as `get_grant_terms` shows them, "
        "with what is to change. Each of the last three has `amount_minor` instead of its "
        "`amount`, and a milestone no `reference`. What is left out is taken away."
    ),
]


class CreateAmendment(Request):
    """What is to be agreed instead, whole, and why."""

    reason: Reason
    terms: Terms


class EditAmendment(Request):
    """What is to change of a draft; what is left out stays."""

    reason: Reason | MISSING = MISSING
    terms: EditGrantTerms | MISSING = Field(
        MISSING, description="All that is to be agreed: it takes the place of what was proposed."
    )


class ProposedCriterionOut(Response):
    """Something that must hold for the milestone to be accepted."""

    id: UUID | None = Field(description="Null for a new one.")
    statement: str
    is_evidence_required: bool


class ProposedBudgetLineOut(Response):
    """What a part of the award is for."""

    id: UUID | None = Field(description="Null for a new one.")
    label: str
    amount: Money


class ProposedMilestoneOut(Response):
    """What is proposed about a milestone."""

    id: UUID | None = Field(description="Null for a new one.")
    kind: MilestoneKind
    title: str
    is_parallel: bool
    needs_certification: bool
    amount: Money
    opens_on: date
    due_on: date
    timezone: str
    criteria: list[ProposedCriterionOut]


class ProposedTermsOut(Response):
    """All that is proposed."""

    award: Money
    tax_treatment: TaxTreatment
    starts_on: date
    ends_on: date
    budget_lines: list[ProposedBudgetLineOut]
    variance_tolerance: VarianceToleranceOut
    milestones: list[ProposedMilestoneOut]


class AmendmentDifferenceOut(Response):
    """One thing that is agreed now and would not be, or the other way round."""

    about: str = Field(
        description="What it is said of.", examples=["milestone MS01-G04-M2", "grant"]
    )
    field: str = Field(
        description="What is said: a field of the terms, or `whole` for all of it.",
        examples=["amount"],
    )
    before: str | None = Field(description="What is agreed; null for what is new.")
    after: str | None = Field(description="What is proposed; null for what is taken away.")
    is_material: bool = Field(description="Both sides sign for it.")


class AmendmentOut(Response):
    """What would be agreed of a grant instead of what is, and how far that has come."""

    id: UUID
    grant: Ref
    number: int = Field(description="1 for the first amendment of the grant, and so on.")
    base_number: int = Field(description="The number of the terms that it would change.")
    status: AmendmentStatus
    reason: str
    terms: ProposedTermsOut
    differences: list[AmendmentDifferenceOut]
    is_material: bool = Field(description="Both sides sign it, as they signed the agreement.")
    agreement_sha256: str | None = Field(
        description="The hash of what was approved, as hexadecimal digits: what is signed."
    )
    endorsements: list[EndorsementOut] = Field(
        description="The first of two signatures, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AmendmentPage(Page[AmendmentOut]):
    """Some of the amendments."""


class AmendmentSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class GrantAmendmentQuery(PageQuery):
    """Which amendments of a grant, in which order."""

    status: Several[AmendmentStatus] | None = None
    is_material: bool | None = Field(default=None, description="Whether both sides sign it.")
    sort: AmendmentSort = AmendmentSort.CREATED


class AmendmentQuery(BelowGrant, GrantAmendmentQuery):
    """Which amendments, in which order."""
