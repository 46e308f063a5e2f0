"""What crosses the wire about payments."""

from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.funding.funds.references import Numbered
from app.funding.funds.schemas import AmountIn, BelowFund
from app.funding.grants.schemas import BelowGrant
from app.funding.payments.lifecycle import PaymentStatus
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money, Rate
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    CurrencyCode,
    Day,
    InstantIn,
    InstantOut,
    Line,
    MinorUnits,
    Ref,
    Reference,
    Request,
    Response,
)


class RequestPayment(Request):
    """What is to be paid of a milestone that was accepted."""

    amount: AmountIn = Field(description="All that the milestone made payable, tax included.")
    tax_minor: MinorUnits = Field(default=0, description="The part of the amount that is tax.")
    invoice_number: Numbered | None = Field(
        default=None,
        description="Once for each payee; letters and digits alone count. The grantee names one, "
        "the convenor may leave it out.",
        examples=["INV-2026-014"],
    )


class EditPayment(Request):
    """What is to change; what is left out stays. The amount is that of the milestone."""

    tax_minor: MinorUnits | MISSING = Field(
        default=MISSING, description="The part of the amount that is tax."
    )
    invoice_number: Numbered | MISSING = Field(
        default=MISSING, description="Once for each payee; letters and digits alone count."
    )


class ExchangeIn(Request):
    """What the bank made of a payment in another currency than its fund's."""

    taken: AmountIn | None = Field(
        default=None,
        description="What the bank took in the fund's currency, without its charges. Either this "
        "or `rate`.",
    )
    rate: Rate | None = Field(
        default=None,
        description="How many units of the fund's currency it took for one of the payment's; what "
        "it took is rounded half to even.",
    )
    source: Line = Field(
        description="Who says so, as an auditor can find it.", examples=["Bank statement 2026/9"]
    )
    quoted_on: Day = Field(description="The day that it is of.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.taken is None) == (self.rate is None):
            raise ValueError("says what the bank took, or at which rate: one of the two")
        return self


class ExchangeOut(Response):
    """What a payment in another currency is in its fund's."""

    booked: Money = Field(description="What it is in the books, by the rate of its grant.")
    taken: Money | None = Field(
        description="What the bank took for it; null until it is settled. The difference to "
        "`booked` is an `exchange_loss` or an `exchange_gain` of the fund."
    )
    rate: str | None = Field(
        description="How many units of the fund's currency the bank took for one of the payment's.",
        examples=["0.861"],
    )
    source: str | None = Field(description="Who says so.")
    quoted_on: date | None = Field(description="The day that it is of.")


class SettlePayment(Request):
    """That the bank did it."""

    bank_reference: Numbered = Field(
        description="What the bank calls it: once in a fund. Letters and digits alone count.",
        examples=["FT26062-0441"],
    )
    value_on: Day = Field(description="The day on which the bank booked it.")
    charges_minor: MinorUnits = Field(
        default=0, description="What the bank took besides, in the currency of the payment."
    )
    exchange: ExchangeIn | None = Field(
        default=None,
        description="Needed of a payment in another currency than its fund's, and of no other.",
    )


class PaymentAttemptOut(Response):
    """That a payment was handed to the bank once, and what became of it."""

    id: UUID
    number: int
    end_to_end_id: str = Field(
        description="What the payment is called at the bank, and in its confirmations.",
        examples=["MS01-G04-P1-1"],
    )
    released_by: Ref
    released_at: InstantOut
    ended_at: InstantOut | None = Field(description="When the bank's word was written down.")
    fault: str | None = Field(description="Why the bank did not do it.")


class PaymentOut(Response):
    """What a milestone made payable, on its way to the grantee's account; or what was approved of a
    person's claim, on its way to theirs."""

    id: UUID
    reference: str = Field(examples=["MS01-G04-P1"])
    number: int = Field(description="Counts the payments of the grant or of the claim.")
    status: PaymentStatus
    milestone: Ref | None = Field(
        description="The milestone that it pays; null, with its grant, for a claim of expenses."
    )
    grant: Ref | None
    collaboration: Ref | None
    expense_claim: Ref | None = Field(
        description="The claim of expenses that it pays, called by its reference; null for a "
        "milestone."
    )
    fund: Ref = Field(description="The fund that pays it.")
    is_history: bool = Field(
        description="Whether it was made before the fund had books, and is told as it was: "
        "nobody approved or released it here."
    )
    payee: Ref | None = Field(
        description="The organisation that is paid; null for history that does not say, and for a "
        "claim, which names the person."
    )
    payee_account_id: UUID | None = Field(
        description="The account to which it goes; until it is released, the grant's. Null for "
        "history."
    )
    account_ending: str | None = Field(
        description="The last characters of the account's number; null for history."
    )
    amount: Money = Field(description="What is paid, tax included.")
    net: Money = Field(description="The amount without its tax.")
    tax: Money = Field(description="The part of the amount that is tax.")
    invoice_number: str | None = Field(
        description="As the payee named it; null where the convenor asked without one."
    )
    requested_by: Ref = Field(description="Of history, who brought it into the books.")
    approved_by: Ref | None = Field(
        description="Null until it is approved, as it is now, and for history."
    )
    approved_at: InstantOut | None
    released_by: Ref | None = Field(description="Null until it is released, and for history.")
    settled_at: InstantOut | None = Field(description="When the bank's word was written down.")
    bank_reference: str | None = Field(
        description="What the bank calls it; null too for history that does not say."
    )
    value_on: date | None = Field(description="The day on which the bank booked it.")
    charges: Money | None = Field(description="What the bank took besides.")
    exchange: ExchangeOut | None = Field(
        description="What it is in the currency of its fund; null where that is its own."
    )
    attempts: list[PaymentAttemptOut] = Field(description="Each time it was released.")
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class PaymentPage(Page[PaymentOut]):
    """Some of the payments."""


class PaymentSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class PaymentFilters(PageQuery):
    """Which payments, in which order."""

    reference: Several[Reference] | None = None
    status: Several[PaymentStatus] | None = None
    milestone_id: Several[UUID] | None = None
    milestone_reference: Several[Reference] | None = None
    expense_claim_id: Several[UUID] | None = Field(None, description="Those of these claims.")
    payee_id: Several[UUID] | None = Field(None, description="Those to these organisations.")
    currency: Several[CurrencyCode] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    approved_from: InstantIn | None = None
    approved_until: InstantIn | None = None
    settled_from: InstantIn | None = None
    settled_until: InstantIn | None = None
    value_from: Day | None = None
    value_until: Day | None = None
    sort: PaymentSort = PaymentSort.NEWEST


class PaymentQuery(PaymentFilters, BelowGrant, BelowFund):
    """Which payments of those you may see, in which order."""
