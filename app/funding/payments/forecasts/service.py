"""Reading what a fund is to pay, month by month."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.access import FundNotFound
from app.funding.payments.forecasts.exports import FORECAST, rows
from app.funding.payments.forecasts.queries import (
    Certainty,
    Forecast,
    forecast_within,
    read_forecast,
)
from app.funding.payments.forecasts.schemas import ForecastMonthOut, FundForecastOut
from app.kernel.money import Money
from app.people.identity.actors import Actor
from app.people.reads.reader import Reader
from app.web.exports import ListedExport

_PAYABLE = (Certainty.REQUESTED, Certainty.PAYABLE)


async def get_fund_forecast(read: Reader, fund_id: UUID) -> FundForecastOut:
    """What the fund is to pay. Raises FundNotFound (404)."""
    return _told(await read_forecast(read, fund_id))


async def export_fund_forecast(db: AsyncSession, actor: Actor, fund_id: UUID) -> ListedExport:
    """The same as a table, a row for each month."""
    return ListedExport(FORECAST, rows(_told(await forecast_within(db, actor, fund_id))))


def _told(forecast: Forecast | None) -> FundForecastOut:
    if forecast is None:
        raise FundNotFound
    by_month = sorted({one.starts_on for one in forecast.foreseen if one.starts_on is not None})

    def money(*certainties: Certainty, of: object = ...) -> Money:
        amounts = (
            one.amount_minor
            for one in forecast.foreseen
            if one.certainty in certainties and of in (..., one.starts_on)
        )
        return Money(amount_minor=sum(amounts), currency=forecast.currency)

    return FundForecastOut(
        fund=forecast.fund,
        currency=forecast.currency,
        today=forecast.today,
        payable=money(*_PAYABLE),
        committed=money(*(one for one in Certainty if one not in _PAYABLE)),
        months=[
            ForecastMonthOut(
                starts_on=month,
                requested=money(Certainty.REQUESTED, of=month),
                payable=money(Certainty.PAYABLE, of=month),
                reported=money(Certainty.REPORTED, of=month),
                planned=money(Certainty.PLANNED, of=month),
                total=money(*Certainty, of=month),
            )
            for month in by_month
        ],
        unscheduled=money(Certainty.UNSCHEDULED),
    )
