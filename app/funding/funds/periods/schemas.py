"""What crosses the wire about accounting periods."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from app.funding.funds.periods.lifecycle import AccountingPeriodStatus
from app.funding.funds.schemas import BelowFund
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
    Search,
)
from app.network.programmes.schemas import BelowProgramme


class OpenAccountingPeriod(Request):
    """The next accounting period of a fund."""

    name: Name = Field(examples=["2020, fourth quarter"])
    starts_on: Day = Field(
        description="The day after the last period ends; of the first period any day. What counts "
        "before the first period is closed with it."
    )
    ends_on: Day

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends before it starts")
        return self


class AccountingPeriodOut(Response):
    """Some days of a fund's ledger. Once they are closed no entry counts on them or before."""

    id: UUID
    fund: Ref
    name: str
    starts_on: Day
    ends_on: Day = Field(description="The last day that belongs to it.")
    status: AccountingPeriodStatus
    closed_at: InstantOut | None
    closed_by: Ref | None = Field(description="Who closed it; null while it is open.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AccountingPeriodPage(Page[AccountingPeriodOut]):
    """Some of the accounting periods."""


class AccountingPeriodSort(StrEnum):
    EARLIEST = "starts_on"
    LATEST = "-starts_on"
    NAME = "name"
    NAME_DESCENDING = "-name"
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class FundAccountingPeriodQuery(PageQuery):
    """Which accounting periods of a fund, in which order."""

    q: Search | None = None
    status: Several[AccountingPeriodStatus] | None = None
    starts_from: Day | None = None
    starts_until: Day | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    closed_from: InstantIn | None = None
    closed_until: InstantIn | None = None
    sort: AccountingPeriodSort = AccountingPeriodSort.EARLIEST


class AccountingPeriodQuery(BelowProgramme, BelowFund, FundAccountingPeriodQuery):
    """Which accounting periods, in which order."""
