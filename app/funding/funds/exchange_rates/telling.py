"""What is told of exchange rates."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func

from app.funding.funds.access import FundNotFound
from app.funding.funds.exchange_rates.access import ExchangeRateNotFound
from app.funding.funds.exchange_rates.lifecycle import EXCHANGE_RATE
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.exchange_rates.schemas import ExchangeRateOut, ExchangeRatePage
from app.funding.funds.models import Fund
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def digits(rate: Any) -> ColumnElement[str]:
    """A rate as it is told: its digits, without zeros at the end."""
    return cast(func.trim_scale(rate), Text)


EXCHANGE_RATES: Final = Telling(
    ExchangeRateOut,
    ExchangeRate,
    "fund.read",
    missing=ExchangeRateNotFound,
    lifecycle=EXCHANGE_RATE,
    joins=[ExchangeRate.fund],
    told={"rate": digits(ExchangeRate.rate)},
    sorts={
        "quoted_on": (ExchangeRate.quoted_on, ExchangeRate.id),
        "created_at": (ExchangeRate.created_at, ExchangeRate.id),
    },
    page_of=ExchangeRatePage,
    latest_first=True,
)
OF_FUND: Final = Within(ExchangeRate.fund_id, Fund, "fund.read", FundNotFound)
EXCHANGE_RATES_AS_CSV: Final = exported("exchange-rates", EXCHANGE_RATES)
