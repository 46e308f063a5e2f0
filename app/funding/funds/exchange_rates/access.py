"""Exchange rates, for whoever sees the fund, and the one that a fund reckons with on a day."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.exchange_rates.lifecycle import ExchangeRateStatus
from app.funding.funds.exchange_rates.models import ExchangeRate
from app.kernel.errors import NotFound
from app.people.identity.access import Loader


class ExchangeRateNotFound(NotFound):
    """There is no such exchange rate, or none that you may see."""


exchange_rate: Final = Loader(ExchangeRate, "fund.read", ExchangeRateNotFound)


async def latest(
    db: AsyncSession, fund_id: UUID, currency: str, until: date
) -> ExchangeRate | None:
    """The last rate of a fund for a currency that was not withdrawn, of a day or of one before it:
    whoever asks has obtained what the fund pays."""
    found = select(ExchangeRate).where(
        ExchangeRate.fund_id == fund_id,
        ExchangeRate.currency == currency,
        ExchangeRate.quoted_on <= until,
        ExchangeRate.status == ExchangeRateStatus.STANDING,
    )
    return await db.scalar(found.order_by(ExchangeRate.quoted_on.desc()).limit(1))
