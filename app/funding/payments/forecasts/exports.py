"""Forecasts as CSV: a row for each month, and a last one without a month for what has none."""

from decimal import Decimal
from typing import Final

from app.funding.payments.forecasts.schemas import FundForecastOut
from app.kernel.money import Money, decimal
from app.web.exports import Cell, listed

FORECAST: Final = listed(
    "fund-forecast",
    {
        "fund_id": "The fund: its id.",
        "fund_reference": "The fund: its reference.",
        "fund_name": "The fund: its name.",
        "starts_on": "The first day of the month; empty for what no open milestone earns.",
        "requested": "Of payments that are requested and not released.",
        "payable": "Earned, and not requested yet.",
        "reported": "Of milestones that are reported and not accepted.",
        "planned": "Of milestones that are due in this month.",
        "unscheduled": "Committed, and earned by no milestone that is open.",
        "total": "All of these.",
        "currency": "The currency of the amounts (ISO 4217).",
    },
)


def rows(told: FundForecastOut) -> list[list[Cell]]:
    """A row for each month, in the order of the columns."""
    fund: list[Cell] = [told.fund.id, told.fund.reference, told.fund.name]
    nothing = Money(amount_minor=0, currency=told.currency)
    found: list[list[Cell]] = []
    for one in told.months:
        said = _said(one.requested, one.payable, one.reported, one.planned, nothing, one.total)
        found.append([*fund, one.starts_on, *said, told.currency])
    if told.unscheduled.amount_minor:
        left = _said(*[nothing] * 4, told.unscheduled, told.unscheduled)
        found.append([*fund, None, *left, told.currency])
    return found


def _said(*amounts: Money) -> list[Cell]:
    return [Decimal(decimal(one.amount_minor, one.currency)) for one in amounts]
