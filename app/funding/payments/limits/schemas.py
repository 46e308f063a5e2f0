"""What crosses the wire about limits of authority."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.funding.funds.schemas import AmountIn, PositiveMinor
from app.funding.payments.limits.lifecycle import LimitedAct, PaymentLimitStatus
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    CurrencyCode,
    InstantIn,
    InstantOut,
    Ref,
    Request,
    Response,
)
from app.network.programmes.schemas import BelowProgramme
from app.people.identity.roles import Role


class ProposePaymentLimit(Request):
    """How much somebody, or whoever holds a role, may approve, release or give up at a time."""

    act: LimitedAct
    role: Role | None = Field(default=None, description="Of whoever holds this role.")
    account_id: UUID | None = Field(default=None, description="Of this person.")
    amount: AmountIn = Field(
        description="The most that one payment, the sum of a run, or what is written off may be."
    )
    valid_from: InstantIn | None = Field(
        default=None, description="Now when left out; never the past."
    )
    valid_until: InstantIn | None = Field(
        default=None, description="Until it is ended when left out."
    )

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.role is None) is (self.account_id is None):
            raise ValueError("name one of role and account_id")
        return self


class DelegatePaymentLimit(Request):
    """Who stands in for you, up to how much, and from when until when."""

    account_id: UUID = Field(description="The person who stands in for you.")
    amount_minor: PositiveMinor | None = Field(
        default=None,
        description="No more than your own limit, which it is when left out; in its currency.",
    )
    valid_from: InstantIn | None = Field(
        default=None, description="Now when left out; never the past."
    )
    valid_until: InstantIn


class PaymentLimitOut(Response):
    """How much somebody, or whoever holds a role, may approve, release or give up at a time.

    Where limits stand in a programme for an act and a currency, nobody acts there above theirs;
    of several that somebody has the highest counts. It gives no permission by itself.
    """

    id: UUID
    programme: Ref
    status: PaymentLimitStatus
    act: LimitedAct
    role: Role | None = Field(description="Whose it is: of whoever holds this role,")
    account: Ref | None = Field(description="or of this person.")
    amount: Money = Field(description="The most that one payment, or the sum of a run, may be.")
    valid_from: InstantOut
    valid_until: InstantOut | None = Field(description="Null: until it is ended.")
    delegated_from_id: UUID | None = Field(
        description="The limit of whom a deputy stands in for: it counts as far as that one does."
    )
    proposed_by: Ref = Field(description="Who has set it, or is stood in for.")
    confirmed_by: Ref | None = Field(description="Null where it is a deputy's, or was not yet.")
    confirmed_at: InstantOut | None
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class PaymentLimitPage(Page[PaymentLimitOut]):
    """Some of the limits of authority."""


class PaymentLimitSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class PaymentLimitQuery(BelowProgramme, PageQuery):
    """Which limits of authority, in which order."""

    status: Several[PaymentLimitStatus] | None = None
    act: Several[LimitedAct] | None = None
    role: Several[Role] | None = None
    account_id: Several[UUID] | None = Field(None, description="Those of these people.")
    delegated_from_id: Several[UUID] | None = Field(
        None, description="Those of deputies, by the limit that they come from."
    )
    currency: Several[CurrencyCode] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    begins_from: InstantIn | None = None
    begins_until: InstantIn | None = None
    ends_from: InstantIn | None = None
    ends_until: InstantIn | None = None
    confirmed_from: InstantIn | None = None
    confirmed_until: InstantIn | None = None
    sort: PaymentLimitSort = PaymentLimitSort.NEWEST
