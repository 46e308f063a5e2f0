"""What crosses the wire about funds."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field, StrictInt

from app.funding.funds.lifecycle import FundStatus
from app.kernel.filters import Several
from app.kernel.money import Money, MoneyIn
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    SAFE_INTEGER,
    ActionOut,
    CurrencyCode,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Reference,
    Request,
    Response,
    Search,
)
from app.network.programmes.schemas import BelowProgramme

PositiveMinor = Annotated[StrictInt, Field(ge=1, le=SAFE_INTEGER)]


class AmountIn(MoneyIn):
    """An amount that is more than nothing."""

    amount_minor: PositiveMinor = Field(
        description="In minor units: 6000000 is 60,000.00 pounds.", examples=[6000000]
    )


class CreateFund(Request):
    """A fund."""

    reference: Reference
    name: Name
    funder_id: UUID = Field(description="The organisation that gives the money, in law.")
    limit: AmountIn = Field(
        description="What the funder agreed to give: no more of it is received. Its currency is "
        "the fund's."
    )


class EditFund(Request):
    """What is to change; what is left out stays. Reference, funder and currency never change."""

    name: Name | MISSING = MISSING
    limit: AmountIn | MISSING = MISSING


class FundOut(Response):
    """A fund, with what each bucket of its ledger holds.

    What was received equals the sum of the buckets: `unallocated`, `reserved`, `committed`,
    `payable`, `in_transit`, `disbursed`, `recoverable` and `written_off`.
    """

    id: UUID
    reference: str
    name: str
    status: FundStatus
    programme: Ref
    funder: Ref = Field(description="Who gives the money, in law.")
    currency: CurrencyCode
    limit: Money = Field(description="What the funder agreed to give.")
    opened_by: Ref | None = Field(
        description="Who brought grants into its books that stood before it; null where nobody "
        "did. While it is `opening` it pays nothing."
    )
    confirmed_by: Ref | None = Field(
        description="Who of finance has confirmed that since: another person."
    )
    received: Money = Field(description="What came from the funder, less what went back.")
    unallocated: Money = Field(description="What is promised to nobody.")
    reserved: Money = Field(description="What grants that are offered would take.")
    committed: Money = Field(description="What signed grants may still earn.")
    payable: Money = Field(description="What grantees have earned and were not paid yet.")
    in_transit: Money = Field(description="What the bank was told to pay and has not confirmed.")
    disbursed: Money = Field(description="What grantees were paid and keep.")
    recoverable: Money = Field(description="What grantees were paid and are to pay back.")
    written_off: Money = Field(description="What was to come back and was given up.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class FundPage(Page[FundOut]):
    """Some of the funds."""


class FundSort(StrEnum):
    REFERENCE = "reference"
    REFERENCE_DESCENDING = "-reference"
    NAME = "name"
    NAME_DESCENDING = "-name"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class FundQuery(BelowProgramme, PageQuery):
    """Which funds, in which order."""

    updated_since: InstantIn | None = Field(
        default=None,
        description="Only those that were changed, or in whose ledger an entry was recorded, at "
        "this instant or later.",
    )
    q: Search | None = None
    reference: Several[Reference] | None = None
    status: Several[FundStatus] | None = None
    funder_id: Several[UUID] | None = Field(None, description="Those of these funders.")
    currency: Several[CurrencyCode] | None = None
    sort: FundSort = FundSort.REFERENCE


class BelowFund(Request):
    """Which funds the rows of a list lie in."""

    fund_id: Several[UUID] | None = None
    fund_reference: Several[Reference] | None = None
