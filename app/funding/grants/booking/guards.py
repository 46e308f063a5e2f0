"""What a fund must hold before the grant that it pays moves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket, EntryKind
from app.funding.funds.ledger import balance
from app.funding.funds.lifecycle import FundStatus
from app.funding.funds.models import Fund
from app.funding.grants.booking.queries import award, net
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.models import Grant
from app.kernel.activity import Actor
from app.kernel.money import decimal
from app.kernel.transitions import Unmet


@GRANT.guard("offer")
async def fund_can_pay(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """A grant that a fund pays is offered out of what is promised to nobody."""
    if grant.fund_id is None:
        return None
    fund = await db.get_one(Fund, grant.fund_id)
    award_minor, currency = await award(db, grant.id)
    if fund.status is FundStatus.CLOSED:
        return Unmet("fund_closed", f"The fund {fund.reference} is closed: name another.")
    if currency != fund.currency:
        return Unmet(
            "fund_in_another_currency",
            f"The award is in {currency}, the fund {fund.reference} in {fund.currency}.",
        )
    return await _short(db, fund, award_minor)


@GRANT.guard("reopen")
async def fund_can_pay_again(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """What its closing gave back to the fund is committed to it again."""
    if grant.fund_id is None:
        return None
    fund = await db.get_one(Fund, grant.fund_id)
    if fund.status is FundStatus.CLOSED:
        return Unmet("fund_closed", f"The fund {fund.reference} is closed: reopen it first.")
    given_back = await net(db, grant.id, EntryKind.DECOMMITMENT, EntryKind.RECOMMITMENT)
    return await _short(db, fund, given_back)


async def _short(db: AsyncSession, fund: Fund, wanted_minor: int) -> Unmet | None:
    left = await balance(db, fund.id, Bucket.UNALLOCATED)
    if wanted_minor <= left:
        return None
    needed, there = decimal(wanted_minor, fund.currency), decimal(left, fund.currency)
    return Unmet(
        "fund_short",
        f"It takes {fund.currency} {needed}; the fund {fund.reference} has {there} left that is "
        "promised to nobody.",
    )
