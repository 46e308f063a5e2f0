"""What crosses the wire about claims of expenses."""

from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import MISSING, Field, model_validator

from app.funding.expenses.lifecycle import ExpenseClaimStatus, ExpenseKind
from app.funding.funds.schemas import AmountIn, BelowFund
from app.kernel.filters import Several
from app.kernel.money import Money, MoneyIn
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    CurrencyCode,
    Day,
    InstantIn,
    InstantOut,
    Line,
    MinorUnits,
    Name,
    Prose,
    Reason,
    Ref,
    Reference,
    Request,
    Response,
    Search,
)
from app.network.collaborations.schemas import BelowCohort


class CreateExpenseClaim(Request):
    """What somebody has spent money for, before it is said on what."""

    title: Name = Field(examples=["Travel to the opening workshop"])
    purpose: Prose = Field(description="What the money was spent for.")
    claimant_id: UUID | None = Field(
        default=None,
        description="Who has spent it, where that is not you: it takes "
        "`expense_claim.draft_for_others`.",
    )
    fund_id: UUID | None = Field(
        default=None,
        description="The fund that is to pay it; left out where the programme has one that is "
        "open.",
    )


class EditExpenseClaim(Request):
    """What is to change; what is left out stays."""

    title: Name | MISSING = MISSING
    purpose: Prose | MISSING = Field(default=MISSING, description="What the money was spent for.")


class AddExpenseItem(Request):
    """One thing that money was spent on."""

    spent_on: Day = Field(description="The day on which it was spent; not after today.")
    kind: ExpenseKind
    description: Line = Field(examples=["Return train, Leeds to London"])
    amount: AmountIn = Field(description="What it cost, tax included, in the currency of the fund.")
    tax_minor: MinorUnits = Field(default=0, description="The part of the amount that is tax.")
    file_id: UUID | None = Field(default=None, description="The receipt, as you uploaded it.")
    no_receipt_because: Line | None = Field(
        default=None, description="Why there is no receipt, where there is none."
    )

    @model_validator(mode="after")
    def _receipt_or_reason(self) -> Self:
        if (self.file_id is None) == (self.no_receipt_because is None):
            raise ValueError("name the receipt as file_id, or say no_receipt_because")
        return self


class LowerExpenseItem(Request):
    """That less is approved of an item than is claimed, and why."""

    item_id: UUID = Field(description="The item of the claim.")
    amount: MoneyIn = Field(description="What is approved of it; nothing, where that is 0.")
    reason: Reason


class ApproveExpenseClaim(Request):
    """What is approved of a claim: all that is claimed, but for what is lowered."""

    lowered: list[LowerExpenseItem] = Field(
        default=[], max_length=200, description="The items of which less is approved."
    )


class ExpenseItemOut(Response):
    """One thing that money was spent on."""

    id: UUID
    number: int = Field(description="Counts the items of the claim.")
    spent_on: date = Field(description="The day on which it was spent.")
    kind: ExpenseKind
    description: str
    amount: Money = Field(description="What it cost, tax included.")
    tax: Money = Field(description="The part of the amount that is tax.")
    file_id: UUID | None = Field(description="The receipt.")
    no_receipt_because: str | None = Field(
        description="Why there is no receipt; null where there is one."
    )
    approved: Money | None = Field(description="What was approved of it; null until it is.")
    lowered_because: str | None = Field(description="Why that is less than is claimed.")


class PaymentOfClaimOut(Response):
    """How far the payment of a claim has come."""

    id: UUID
    reference: str
    status: str = Field(description="As that of the payment.", examples=["requested"])
    value_on: date | None = Field(description="The day on which the bank booked it.")


class AccountOfClaimOut(Response):
    """Where a claim is to be paid to."""

    id: UUID
    status: str = Field(description="As that of the payee account.", examples=["verified"])
    last_four: str = Field(description="The last characters of the account's number.")
    usable_at: InstantOut | None = Field(
        description="From when on it is paid to; null until it is verified."
    )


class ExpenseClaimOut(Response):
    """What a person claims back from a fund."""

    id: UUID
    reference: str = Field(examples=["MS01-E3"])
    number: int = Field(description="Counts the claims of the cohort.")
    title: str
    purpose: str = Field(description="What the money was spent for.")
    status: ExpenseClaimStatus = Field(
        description="That it was paid is told by `payment`, and is no status of it."
    )
    cohort: Ref
    fund: Ref = Field(description="The fund that is to pay it.")
    claimant: Ref = Field(description="Who has spent the money.")
    drafted_by: Ref = Field(description="Who drew it up.")
    claimed: Money = Field(description="What all items come to.")
    approved: Money | None = Field(description="What was approved of that; null until it is.")
    items: list[ExpenseItemOut]
    submitted_at: InstantOut | None = Field(description="When it was last submitted.")
    decided_by: Ref | None = Field(description="Who approved or declined it.")
    payee_account: AccountOfClaimOut | None = Field(
        description="Where it is to be paid to; null until somebody has said so."
    )
    proposed_payee_account: AccountOfClaimOut | None = Field(
        description="The account that waits to be verified, which whoever claims may take back by "
        "`withdraw_expense_payee_account`; null where none waits."
    )
    payment: PaymentOfClaimOut | None = Field(
        description="Its payment that was not cancelled or reversed; null while there is none."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ExpenseClaimPage(Page[ExpenseClaimOut]):
    """Some of the claims."""


class ExpenseClaimSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ExpenseClaimQuery(PageQuery, BelowCohort, BelowFund):
    """Which claims of those you may see, in which order."""

    q: Search | None = None
    reference: Several[Reference] | None = None
    status: Several[ExpenseClaimStatus] | None = None
    claimant_id: Several[UUID] | None = Field(None, description="Those of these people.")
    currency: Several[CurrencyCode] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    submitted_from: InstantIn | None = None
    submitted_until: InstantIn | None = None
    sort: ExpenseClaimSort = ExpenseClaimSort.NEWEST
