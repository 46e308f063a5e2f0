"""What crosses the wire about forecasts."""

from pydantic import Field

from app.kernel.money import Money
from app.kernel.schemas import CurrencyCode, Day, Ref, Response
from app.web.exports import ExportChoice


class ForecastQuery(ExportChoice):
    """How it is told."""


class ForecastMonthOut(Response):
    """What is to be paid in a month, by how sure it is. What was due before is in this month."""

    starts_on: Day = Field(description="The first day of the month.", examples=["2026-03-01"])
    requested: Money = Field(description="Of payments that are requested and not released.")
    payable: Money = Field(description="Earned, and not requested yet.")
    reported: Money = Field(description="Of milestones that are reported and not accepted.")
    planned: Money = Field(description="Of milestones that are due in this month.")
    total: Money


class FundForecastOut(Response):
    """What a fund is to pay: the months and `unscheduled` are what it has `payable` and
    `committed`."""

    fund: Ref
    currency: CurrencyCode
    today: Day = Field(description="The day, where the network is, from which it is told.")
    payable: Money = Field(description="What the fund holds as payable.")
    committed: Money = Field(description="What the fund holds as committed.")
    months: list[ForecastMonthOut] = Field(description="Those in which something is to be paid.")
    unscheduled: Money = Field(
        description="Committed, and earned by no milestone that is open: what was accepted in part "
        "or rejected, until it is re-planned or goes back to the fund."
    )
