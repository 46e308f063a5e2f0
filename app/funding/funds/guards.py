"""What must hold before a fund is closed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.lifecycle import FUND
from app.funding.funds.models import Fund, LedgerAccount
from app.kernel.activity import Actor
from app.kernel.transitions import Unmet

_SETTLED = (Bucket.EXTERNAL, Bucket.DISBURSED)


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
