"""Accounting periods, for whoever sees the fund. Whoever changes one holds the fund before it."""

from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.funds.models import Fund
from app.funding.funds.periods.models import AccountingPeriod
from app.kernel.errors import NotFound
from app.people.identity.access import Loader, held


class AccountingPeriodNotFound(NotFound):
    """There is no such accounting period, or none that you may see."""


class _BelowFund(Loader[AccountingPeriod]):
    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        fund_id = await db.scalar(wanted.with_only_columns(AccountingPeriod.fund_id))
        if fund_id is None:
            raise self.missing
        await db.execute(held(select(Fund).where(Fund.id == fund_id), Fund))


accounting_period: Final = _BelowFund(
    AccountingPeriod,
    "fund.read",
    AccountingPeriodNotFound,
    (joinedload(AccountingPeriod.fund),),
)
