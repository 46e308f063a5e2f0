"""What must hold before an accounting period is closed."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.periods.lifecycle import ACCOUNTING_PERIOD, AccountingPeriodStatus
from app.funding.funds.periods.models import AccountingPeriod
from app.kernel.activity import Actor
from app.kernel.clock import today
from app.kernel.transitions import Unmet, subject

LAST_ZONE: Final = "Etc/GMT+12"
"""Where a day ends last: grants are booked on the day that it is where their cohort is."""


@ACCOUNTING_PERIOD.guard("close")
async def it_is_over(db: AsyncSession, _actor: Actor, period: AccountingPeriod) -> Unmet | None:
    """A period is closed when its last day is over everywhere: what a grant's move books today
    never falls into a closed one."""
    if period.ends_on < today(db, LAST_ZONE):
        return None
    return Unmet(
        "period_not_over",
        f"Its last day, {period.ends_on}, is not over everywhere: close it afterwards.",
    )


@ACCOUNTING_PERIOD.guard("close")
async def none_before_it_is_open(
    db: AsyncSession, _actor: Actor, period: AccountingPeriod
) -> Unmet | None:
    """Periods are closed one after the other: each begins with what the one before ended with."""
    earlier = (
        select(AccountingPeriod)
        .where(
            AccountingPeriod.fund_id == period.fund_id,
            AccountingPeriod.starts_on < period.starts_on,
            AccountingPeriod.status == AccountingPeriodStatus.OPEN,
        )
        .order_by(AccountingPeriod.starts_on)
    )
    found = (await db.scalars(earlier)).all()
    if not found:
        return None
    return Unmet(
        "earlier_period_open",
        f"Close first: {', '.join(one.name for one in found)}.",
        subjects=tuple(subject(one.id, one) for one in found),
    )
