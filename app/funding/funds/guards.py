"""What must hold before a fund is closed, or the opening of its books is confirmed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.lifecycle import FUND
from app.funding.funds.models import Fund, LedgerAccount
from app.kernel.activity import Actor
from app.kernel.transitions import Unmet

_SETTLED = (Bucket.EXTERNAL, Bucket.DISBURSED, Bucket.WRITTEN_OFF)


@FUND.guard("confirm")
async def confirmer_is_another(_db: AsyncSession, actor: Actor, fund: Fund) -> Unmet | None:
    """Whoever brought grants into the books does not confirm that."""
    if fund.opened_by_id not in actor.persons:
        return None
    return Unmet("opened_by_you", "You opened these books: another person confirms them.")


@FUND.guard("close")
async def no_money_is_left(db: AsyncSession, _actor: Actor, fund: Fund) -> Unmet | None:
    """What is left goes back to the funder first, and what is promised is paid or released."""
    left = await db.scalars(
        select(LedgerAccount.bucket)
        .where(
            LedgerAccount.fund_id == fund.id,
            LedgerAccount.balance_minor > 0,
            LedgerAccount.bucket.not_in(_SETTLED),
        )
        .distinct()
        .order_by(LedgerAccount.bucket)
    )
    if not (buckets := [bucket.value for bucket in left]):
        return None
    return Unmet("money_left", f"There is money left in the fund: {', '.join(buckets)}.")
