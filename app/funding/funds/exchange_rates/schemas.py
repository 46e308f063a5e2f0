"""What crosses the wire about exchange rates."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.funds.exchange_rates.lifecycle import ExchangeRateStatus
from app.funding.funds.schemas import BelowFund
from app.kernel.filters import Several
from app.kernel.money import Rate
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    CurrencyCode,
    Day,
    InstantIn,
    InstantOut,
    Line,
    Ref,
    Request,
    Response,
)
from app.network.programmes.schemas import BelowProgramme

RATE = "How many units of the fund's currency one unit of the other is, exactly, as digits."
SOURCE = "Who says so, as an auditor can find it."


class RecordExchangeRate(Request):
    """What another currency is worth in that of a fund."""

    currency: CurrencyCode = Field(description="The other currency.", examples=["EUR"])
    rate: Rate = Field(description=RATE)
    source: Line = Field(description=SOURCE, examples=["ECB euro reference rate"])
    quoted_on: Day = Field(description="The day that it is of: today, or one before.")


class ExchangeRateOut(Response):
    """What another currency is worth in that of a fund. It never changes: one that is wrong is
    withdrawn, and another recorded."""

    id: UUID
    fund: Ref
    status: ExchangeRateStatus
    currency: CurrencyCode = Field(description="The other currency.")
    rate: str = Field(description=RATE, examples=["0.8565"])
    source: str = Field(description=SOURCE, examples=["ECB euro reference rate"])
    quoted_on: Day = Field(description="The day that it is of.")
    recorded_by: Ref
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ExchangeRatePage(Page[ExchangeRateOut]):
    """Some of the exchange rates."""


class ExchangeRateSort(StrEnum):
    LATEST = "-quoted_on"
    EARLIEST = "quoted_on"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class FundExchangeRateQuery(PageQuery):
    """Which exchange rates of a fund, in which order."""

    status: Several[ExchangeRateStatus] | None = None
    currency: Several[CurrencyCode] | None = None
    quoted_from: Day | None = None
    quoted_until: Day | None = None
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
    sort: ExchangeRateSort = ExchangeRateSort.LATEST


class ExchangeRateQuery(BelowProgramme, BelowFund, FundExchangeRateQuery):
    """Which exchange rates, in which order."""
