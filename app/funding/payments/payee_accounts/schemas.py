"""What crosses the wire about payee accounts."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator

from app.funding.grants.schemas import BelowGrant
from app.funding.payments.payee_accounts.lifecycle import PayeeAccountStatus
from app.funding.payments.payee_accounts.numbers import (
    AccountForm,
    AccountNumber,
    account_number,
    refuse_bank_code,
    refuse_country,
    refuse_number,
)
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Country,
    CurrencyCode,
    Email,
    InstantIn,
    InstantOut,
    Line,
    Name,
    Ref,
    Request,
    Response,
)


class BankAccount(Request):
    """An account at a bank. Blanks and hyphens in numbers do not count."""

    form: AccountForm
    country: Country = Field(description="Where the account is kept.")
    currency: CurrencyCode
    holder_name: Name = Field(description="As the bank knows whose account it is.")
    bank_code: Line | None = Field(
        default=None,
        validate_default=True,
        description="Sort code, IFSC, CNAPS or routing number; left out with an IBAN.",
    )
    number: Line = Field(
        description="The IBAN, or the account number. It is told to nobody again but by its last "
        "four characters."
    )
    contact_name: Name = Field(description="Whom finance calls and writes to about it.")
    contact_email: Email = Field(description="Where that person is written to.")

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


class ProposePayeeAccount(BankAccount):
    """Where a grant is to be paid to. Blanks and hyphens in numbers do not count."""

    organisation_id: UUID = Field(
        description="Whose account it is: a steward or contributor of the collaboration, or its "
        "fiscal host."
    )
    is_fiscal_host: bool = Field(
        default=False,
        description="The organisation takes the money for the grantee, and is not of it.",
    )


class ProposeOwnAccount(BankAccount):
    """Where a claim of expenses is to be paid to: an account of the person who claims. Blanks and
    hyphens in numbers do not count."""


class VerifyPayeeAccount(Request):
    """The call by which an account was verified."""

    called_name: Name = Field(description="Who answered.")
    called_at: InstantIn = Field(description="When; not after now.")
    number_source: Line = Field(
        description="Where the number that was called had been found: never in the proposal.",
        examples=["The organisation's website"],
    )


class PayeeAccountOut(Response):
    """One version of where a grant or a claim of expenses is paid to. It never changes: another
    takes its place."""

    id: UUID
    grant: Ref | None = Field(description="Null, with its collaboration, for a claim of expenses.")
    collaboration: Ref | None
    expense_claim: Ref | None = Field(
        description="The claim of expenses that is paid to it, called by its reference; null for a "
        "grant."
    )
    organisation: Ref | None = Field(
        description="Whose account it is; null for that of the person who claims."
    )
    is_fiscal_host: bool = Field(description="It takes the money for the grantee.")
    number: int = Field(description="Counts the accounts of the grant or of the claim.")
    status: PayeeAccountStatus
    form: AccountForm
    country: str
    currency: CurrencyCode
    holder_name: str = Field(description="As the bank knows whose account it is.")
    last_four: str = Field(
        description="The last characters of the number. The whole is shown to whoever releases "
        "payments alone, by `reveal_payee_account`."
    )
    contact_name: str = Field(description="Whom finance calls and writes to about it.")
    contact_email: str | None = Field(
        description="Where that person is written to; null once they were forgotten."
    )
    proposed_by: Ref
    verified_by: Ref | None
    verified_at: InstantOut | None
    called_name: str | None = Field(description="Who answered the call by which it was verified.")
    called_at: InstantOut | None
    number_source: str | None = Field(
        description="Where the number that was called had been found."
    )
    usable_at: InstantOut | None = Field(
        description="From when on payments to it are approved and released; null until it is "
        "verified."
    )
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class PayeeAccountPage(Page[PayeeAccountOut]):
    """Some of the payee accounts."""


class PayeeAccountSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class GrantPayeeAccountQuery(PageQuery):
    """Which payee accounts of a grant, in which order."""

    status: Several[PayeeAccountStatus] | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    called_from: InstantIn | None = None
    called_until: InstantIn | None = None
    verified_from: InstantIn | None = None
    verified_until: InstantIn | None = None
    usable_from: InstantIn | None = None
    usable_until: InstantIn | None = None
    sort: PayeeAccountSort = PayeeAccountSort.NEWEST


class PayeeAccountQuery(GrantPayeeAccountQuery, BelowGrant):
    """Which payee accounts of those you may see."""

    organisation_id: Several[UUID] | None = Field(
        None, description="Those of these organisations: whose account it is."
    )
    payee_id: Several[UUID] | None = Field(None, description="The same, as payments name it.")


class AlikePayeeAccountOut(Response):
    """An account with the same number, that is another organisation's or another person's."""

    id: UUID
    grant: Ref | None = Field(description="Null for a claim of expenses.")
    expense_claim: Ref | None = Field(
        description="The claim of expenses, called by its reference; null for a grant."
    )
    organisation: Ref | None = Field(description="Whose account it is; null for a person's.")
    status: PayeeAccountStatus
    holder_name: str = Field(description="As the bank knows whose account it is.")


class AlikePayeeAccountsOut(Response):
    """A warning: the number of an account was proposed for others, too."""

    items: list[AlikePayeeAccountOut]


class RevealedPayeeAccountOut(Response):
    """The whole number of a payee account. That it was shown is recorded."""

    id: UUID
    form: AccountForm
    holder_name: str = Field(description="As the bank knows whose account it is.")
    bank_code: str | None = Field(
        description="Sort code, IFSC, CNAPS or routing number; null with an IBAN."
    )
    account_number: str = Field(description="The IBAN, or the account number.")
