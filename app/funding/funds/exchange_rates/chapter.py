"""Exchange rates in the demonstration: recorded before a grant in another currency is offered."""

from dataclasses import dataclass
from datetime import datetime

from app.funding.funds.chapter import Fund
from app.funding.funds.exchange_rates import service
from app.funding.funds.exchange_rates.schemas import RecordExchangeRate
from app.kernel.chapters import chapter
from app.kernel.clock import day
from app.people.identity.chapter import ZONE, Stage


@dataclass(frozen=True)
class ExchangeRateScript:
    """What another currency was worth in that of the fund."""

    at: datetime
    currency: str
    rate: str
    source: str


@chapter("funds.rates", after=["funds.given"], before=["cohorts.started"])
async def record(stage: Stage) -> None:
    """Finance records what the source says of that day."""
    for script in stage.scripts(ExchangeRateScript):
        for fund in stage.kept(Fund):
            async with stage.scene(script.at, stage.cast[fund.script.approver]) as (db, actor):
                said = RecordExchangeRate(
                    currency=script.currency,
                    rate=script.rate,
                    source=script.source,
                    quoted_on=day(script.at, ZONE),
                )
                await service.record_exchange_rate(db, actor, fund.id, said)
