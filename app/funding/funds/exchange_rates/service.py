"""What is done with exchange rates: recording one of a day, and withdrawing one that is wrong."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.exchange_rates import access
from app.funding.funds.exchange_rates.lifecycle import EXCHANGE_RATE
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.funding.funds.exchange_rates.schemas import ExchangeRateOut, RecordExchangeRate
from app.funding.funds.exchange_rates.telling import EXCHANGE_RATES
from app.funding.funds.service import open_fund
from app.kernel.clock import network_zone, today
from app.kernel.db import new_id
from app.kernel.errors import Conflict, Unprocessable, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.money import minor_rate
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.people.identity.actors import Actor


class ExchangeRateTaken(Conflict):
    """The fund has a rate of that day for this currency: withdraw it first where it is wrong."""


class CurrencyOfTheFund(Unprocessable):
    """An exchange rate is for another currency than that of the fund."""


class RateDayToCome(Unprocessable):
    """An exchange rate is of today or of a day before: nobody knows one of a day to come."""


constraint("uq_exchange_rates_one_standing", ExchangeRateTaken)


async def record_exchange_rate(
    db: AsyncSession, actor: Actor, fund_id: UUID, body: RecordExchangeRate
) -> Written[ExchangeRateOut]:
    """Record what another currency is worth in the fund's.

    Raises FundClosed, ExchangeRateTaken (409), CurrencyOfTheFund, RateDayToCome (422).
    """
    fund = await open_fund(db, actor, fund_id, "exchange_rate.record")
    if body.currency == fund.currency:
        raise CurrencyOfTheFund.at("/currency", f"Name another than {fund.currency}.")
    if body.quoted_on > today(db, network_zone(db)):
        raise RateDayToCome.at("/quoted_on", "Name today or a day before.")
    assert actor.account_id is not None
    rate = Decimal(body.rate)
    recorded = ExchangeRate(
        id=new_id(),
        fund_id=fund.id,
        minor_rate=minor_rate(rate, body.currency, fund.currency),
        recorded_by_id=actor.account_id,
        **body.model_dump() | {"rate": rate},
    )
    await create(db, actor, recorded, EXCHANGE_RATE, "record", under=fund.id)
    return await EXCHANGE_RATES.told_to(db, actor, recorded.id)


async def withdraw_exchange_rate(
    db: AsyncSession, actor: Actor, rate_id: UUID, reason: str, *, if_match: int | None
) -> Written[ExchangeRateOut]:
    """Have nothing more reckoned with it. What was reckoned with it stays."""
    rate = await access.exchange_rate(db, actor, rate_id, lock=True)
    await move(db, actor, rate, EXCHANGE_RATE, "withdraw", reason=reason, if_match=if_match)
    return await EXCHANGE_RATES.told_to(db, actor, rate.id)


async def explain_exchange_rate_actions(
    db: AsyncSession, actor: Actor, rate_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    rate = await access.exchange_rate(db, actor, rate_id)
    return await explain_actions(db, actor, rate, EXCHANGE_RATE)
