"""What crosses the wire about grants."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.funding.grants.holding import HeldBecause
from app.funding.grants.lifecycle import GrantStatus
from app.funding.grants.models import TaxTreatment
from app.funding.grants.terms.schemas import EditGrantTerms, SignatureOut
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantOut,
    Name,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Search,
)
from app.network.collaborations.schemas import BelowCollaboration
from app.web.exports import ExportableQuery


class CreateGrant(Request):
    """A grant for a collaboration in a cohort, with all that is to be agreed."""

    title: Name
    summary: Prose | None = None
    fund_id: UUID | None = Field(
        default=None,
        description="The fund of the programme that pays it; it can be named until the offer.",
    )
    terms: EditGrantTerms


class EditGrant(Request):
    """What is to change. What is agreed is edited as the terms."""

    title: Name | MISSING = MISSING
    summary: Prose | MISSING | None = MISSING
    fund_id: UUID | MISSING | None = Field(
        MISSING, description="The fund that pays it; until it is offered."
    )


class ContinuationOut(Response):
    """That a grant goes on though its membership has ended."""

    until_on: date = Field(description="The last day, where its cohort is, on which it does.")
    reason: str
    reviewer: Ref = Field(description="Who reviews what is reported of it.")
    decided_at: InstantOut


class GrantExchangeOut(Response):
    """At which rate a grant in another currency stands in the books of its fund."""

    exchange_rate_id: UUID = Field(description="The rate as it was recorded.")
    rate: str = Field(
        description="How many units of the fund's currency one of the award's is, exactly.",
        examples=["0.8565"],
    )
    source: str = Field(examples=["ECB euro reference rate"])
    quoted_on: date = Field(description="The day that the rate is of.")
    booked: Money = Field(description="The award in the books: the sum of its milestones there.")


class GrantOut(Response):
    """A grant, with what holds of it now."""

    id: UUID
    reference: str = Field(examples=["MS01-G04"])
    title: str
    summary: str | None
    status: GrantStatus
    is_held: bool = Field(
        description="What it was given for has ended. Nothing is asked of the grantee, and nothing "
        "is reported or accepted, until the convenor continues it, closes it or terminates it."
    )
    held_because: HeldBecause | None = Field(description="What has ended; null where not held.")
    is_funded_elsewhere: bool = Field(
        description="A warning: while this grant has not ended, the collaboration was offered or "
        "has another as a member of another cohort, which may lie in another programme."
    )
    continuation: ContinuationOut | None = Field(
        description="The last decision to let it go on after its membership ended."
    )
    membership_id: UUID
    cohort: Ref
    collaboration: Ref
    fund: Ref | None = Field(
        description="The fund that pays it; null for one that no ledger knows."
    )
    award: Money
    exchange: GrantExchangeOut | None = Field(
        description="From the offer on, where the award is in another currency than the fund."
    )
    tax_treatment: TaxTreatment
    starts_on: date
    ends_on: date
    agreement_sha256: str | None = Field(
        description="The hash of the agreement that is offered or signed, as hexadecimal digits."
    )
    signatures: list[SignatureOut] = Field(description="Who has signed that agreement so far.")
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class GrantPage(Page[GrantOut]):
    """Some of the grants."""


class GrantSort(StrEnum):
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class MembershipGrantQuery(ExportableQuery):
    """Which grants of a membership, in which order."""

    q: Search | None = None
    status: Several[GrantStatus] | None = None
    is_held: bool | None = Field(default=None, description="Whether it waits to be settled.")
    is_funded_elsewhere: bool | None = Field(
        default=None, description="Whether another cohort funds the collaboration, too."
    )
    starts_from: Day | None = None
    starts_until: Day | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    sort: GrantSort = GrantSort.REFERENCE


class GrantQuery(MembershipGrantQuery, BelowCollaboration):
    """Which grants of those you may see, in which order."""

    membership_id: Several[UUID] | None = None
    fund_id: Several[UUID] | None = Field(None, description="Those that these funds pay.")
    fund_reference: Several[Reference] | None = None
    reference: Several[Reference] | None = None


class BelowGrant(BelowCollaboration):
    """Which grants the rows of a list are of, and in what these lie."""

    grant_id: Several[UUID] | None = None
    grant_reference: Several[Reference] | None = None
