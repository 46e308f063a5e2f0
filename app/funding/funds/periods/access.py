"""Accounting periods, for whoever sees the fund. Whoever changes one holds the fund before it."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.funds.models import Fund
from app.funding.funds.periods.models import AccountingPeriod
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held


class AccountingPeriodNotFound(NotFound):
    """There is no such accounting period, or none that you may see."""


async def _hold_fund(db: AsyncSession, fund_id: UUID) -> None:
    await db.execute(held(select(Fund).where(Fund.id == fund_id), Fund))


accounting_period: Final = Loader(
    AccountingPeriod,
    "fund.read",
    AccountingPeriodNotFound,
    (joinedload(AccountingPeriod.fund),),
    above=Above(AccountingPeriod.fund_id, _hold_fund),
)
