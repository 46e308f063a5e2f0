"""The contract of exchange rates."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.exchange_rates import access, service
from app.funding.funds.exchange_rates.lifecycle import EXCHANGE_RATE
from app.funding.funds.exchange_rates.schemas import (
    ExchangeRateOut,
    ExchangeRatePage,
    ExchangeRateQuery,
    FundExchangeRateQuery,
    RecordExchangeRate,
)
from app.funding.funds.exchange_rates.telling import (
    EXCHANGE_RATES,
    EXCHANGE_RATES_AS_CSV,
    OF_FUND,
)
from app.funding.funds.service import FundClosed
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Funds")

FundId = Annotated[UUID, Path(description="The fund.")]
ExchangeRateId = Annotated[UUID, Path(description="The exchange rate.")]


@router.create(
    EXCHANGE_RATE,
    "/funds/{fund_id}/exchange-rates",
    by=("record",),
    refuses=(
        FundClosed,
        service.ExchangeRateTaken,
        service.CurrencyOfTheFund,
        service.RateDayToCome,
    ),
    example={
        "currency": "EUR",
        "rate": "0.8565",
        "source": "ECB euro reference rate",
        "quoted_on": "2020-10-01",
    },
)
async def record_exchange_rate(
    db: Db, actor: CurrentActor, fund_id: FundId, body: RecordExchangeRate
) -> Written[ExchangeRateOut]:
    """Record what one unit of another currency is worth in that of the fund, on a day. A grant in
    that currency is offered at the last rate that is not too old (`exchange_rate_missing`,
    `exchange_rate_stale`), and stays in the books at that rate."""
    return await service.record_exchange_rate(db, actor, fund_id, body)


@router.get("/funds/{fund_id}/exchange-rates", permission="fund.read")
async def list_fund_exchange_rates(
    read: Reading, fund_id: FundId, query: Annotated[FundExchangeRateQuery, Query()]
) -> WrittenList[ExchangeRatePage]:
    """The exchange rates of a fund, the latest first, those that were withdrawn too."""
    return await EXCHANGE_RATES.page(read, query, OF_FUND, fund_id)


@router.get("/exchange-rates", permission="fund.read")
async def list_exchange_rates(
    read: Reading, query: Annotated[ExchangeRateQuery, Query()]
) -> WrittenList[ExchangeRatePage]:
    """The exchange rates of all funds that you may see."""
    return await EXCHANGE_RATES.page(read, query)


@router.get("/exchange-rates/{exchange_rate_id}", permission="fund.read")
async def get_exchange_rate(
    read: Reading, exchange_rate_id: ExchangeRateId
) -> Written[ExchangeRateOut]:
    """One exchange rate."""
    return await EXCHANGE_RATES.one(read, exchange_rate_id)


@router.move(
    EXCHANGE_RATE, "withdraw", example={"reason": "It was read from the line of another currency."}
)
async def withdraw_exchange_rate(
    db: Db,
    actor: CurrentActor,
    exchange_rate_id: ExchangeRateId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[ExchangeRateOut]:
    """Withdraw an exchange rate that is wrong; another of that day can then be recorded. Grants
    that were offered at it keep it: retract the offer, and make it anew."""
    reason = body.reason
    return await service.withdraw_exchange_rate(
        db, actor, exchange_rate_id, reason, if_match=if_match
    )


@router.get("/exchange-rates/{exchange_rate_id}/actions", permission="fund.read")
async def explain_exchange_rate_actions(
    db: Db, actor: CurrentActor, exchange_rate_id: ExchangeRateId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_exchange_rate_actions(db, actor, exchange_rate_id)


history_of(
    router,
    "exchange_rate",
    "/exchange-rates/{exchange_rate_id}",
    access.exchange_rate,
    permission="fund.read",
)

export_of(
    router,
    "/exchange-rates",
    EXCHANGE_RATES_AS_CSV,
    ExchangeRateQuery,
    permission="fund.read",
)
