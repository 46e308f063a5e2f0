"""The contract of forecasts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.access import FundNotFound
from app.funding.payments.forecasts import service
from app.funding.payments.forecasts.exports import FORECAST
from app.funding.payments.forecasts.schemas import ForecastQuery, FundForecastOut
from app.people.reads.deps import Reading
from app.web.export_answers import Exported
from app.web.routing import Router

router = Router("Funds")


@router.get(
    "/funds/{fund_id}/forecast",
    permission="fund.read",
    refuses=(FundNotFound,),
    export=Exported(FORECAST, service.export_fund_forecast),
)
async def get_fund_forecast(
    read: Reading,
    fund_id: Annotated[UUID, Path(description="The fund.")],
    _query: Annotated[ForecastQuery, Query()],
) -> FundForecastOut:
    """What the fund is to pay, month by month: what is requested, payable, reported, and planned by
    the due days of milestones. Months and `unscheduled` are what it holds as payable and
    committed."""
    return await service.get_fund_forecast(read, fund_id)
