"""What crosses the wire about runs of payments."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from app.funding.funds.schemas import BelowFund
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.payee_accounts.numbers import (
    AccountForm,
    AccountNumber,
    account_number,
    refuse_bank_code,
    refuse_country,
    refuse_number,
)
from app.funding.payments.runs.lifecycle import LeftBecause, PaymentRunStatus
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Country,
    CurrencyCode,
    Day,
    InstantIn,
    InstantOut,
    Line,
    Name,
    Ref,
    Reference,
    Request,
    Response,
)
from app.network.programmes.schemas import BelowProgramme

MOST_IN_A_RUN = 100


class GatherPaymentRun(Request):
    """Which payments of the fund are paid together."""

    payment_ids: list[UUID] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_IN_A_RUN,
        description="These payments, which wait to be approved or released and are in no run. "
        f"When left out, all that can be approved now, the oldest first; at most {MOST_IN_A_RUN}.",
    )
    currency: CurrencyCode | None = Field(
        default=None,
        description="A run is of payments in one currency: the fund's, unless another is named.",
    )


class DownloadPaymentFile(Request):
    """From which account a run is paid, and when. Nothing of it is kept."""

    debtor_name: Name = Field(description="As the bank knows whose account it is.")
    form: AccountForm
    country: Country = Field(description="Where the account is kept.")
    bank_code: Line | None = Field(
        default=None,
        validate_default=True,
        description="Sort code, IFSC, CNAPS or routing number; left out with an IBAN.",
    )
    number: Line = Field(description="The IBAN, or the account number.")
    executed_on: Day = Field(description="The day on which the bank is asked to do it.")

    @field_validator("country")
    @classmethod
    def _is_of_the_form(cls, country: str, info: ValidationInfo) -> str:
        if "form" in info.data:
            refuse_country(info.data["form"], country)
        return country

    @field_validator("bank_code")
    @classmethod
    def _is_a_bank_of_the_form(cls, bank_code: str | None, info: ValidationInfo) -> str | None:
        if "form" in info.data:
            refuse_bank_code(info.data["form"], bank_code)
        return bank_code

    @field_validator("number")
    @classmethod
    def _is_a_number_of_the_form(cls, number: str, info: ValidationInfo) -> str:
        if "form" in info.data and "country" in info.data:
            refuse_number(info.data["form"], info.data["country"], number)
        return number

    def account(self) -> AccountNumber:
        """The account as it is written in a payment."""
        return account_number(self.form, self.bank_code, self.number)


class PaymentInRunOut(Response):
    """A payment that is in a run, or has left it."""

    id: UUID
    reference: str = Field(examples=["MS01-G04-P1"])
    status: PaymentStatus
    grant: Ref | None = Field(description="The grant that it is of; null for a claim of expenses.")
    expense_claim: Ref | None = Field(
        description="The claim of expenses that it is of, called by its reference; null for a "
        "grant."
    )
    payee: Ref | None = Field(
        description="The organisation that is paid; null for a claim, which names the person."
    )
    account_ending: str = Field(description="The last characters of the account's number.")
    amount: Money
    left_because: LeftBecause | None = Field(
        description="Why it is in the run no more; null while it is."
    )
    left_detail: str | None = Field(
        description="What was in the way, where the run was released without it."
    )
    left_at: InstantOut | None


class PaymentRunOut(Response):
    """Payments of one fund that are approved and released together."""

    id: UUID
    fund: Ref
    number: int = Field(description="Counts the runs of the fund.")
    status: PaymentRunStatus
    currency: CurrencyCode
    count: int = Field(description="How many payments are in it, or were paid by it.")
    total: Money = Field(description="What these come to.")
    is_partial: bool = Field(
        description="It was released without some of its payments: see `left_detail` of each."
    )
    payments: list[PaymentInRunOut] = Field(
        description="Those that are in it and those that have left it, by reference."
    )
    gathered_by: Ref
    approved_by: Ref | None
    approved_at: InstantOut | None
    released_by: Ref | None
    released_at: InstantOut | None
    available_actions: list[ActionOut]
    version: int
    content_version: int = Field(
        description="Grows with each change of a payment in it. The ETag has both, as "
        "`version.content_version`."
    )
    created_at: InstantOut
    updated_at: InstantOut


class PaymentRunPage(Page[PaymentRunOut]):
    """Some of the runs of payments."""


class PaymentRunSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class PaymentRunQuery(BelowProgramme, BelowFund, PageQuery):
    """Which runs of payments, in which order."""

    status: Several[PaymentRunStatus] | None = None
    payment_id: Several[UUID] | None = Field(
        None, description="Those in which these payments are, or were."
    )
    payment_reference: Several[Reference] | None = None
    currency: Several[CurrencyCode] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    approved_from: InstantIn | None = None
    approved_until: InstantIn | None = None
    released_from: InstantIn | None = None
    released_until: InstantIn | None = None
    sort: PaymentRunSort = PaymentRunSort.NEWEST
