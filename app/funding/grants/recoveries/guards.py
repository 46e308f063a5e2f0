"""What must hold before money is claimed back, given up, and before its grant is closed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.buckets import Bucket
from app.funding.funds.ledger import held
from app.funding.funds.lifecycle import FundStatus
from app.funding.grants.lifecycle import GRANT, GrantStatus
from app.funding.grants.models import Grant
from app.funding.grants.queries import GRANTS
from app.funding.grants.recoveries.lifecycle import OPEN, RECOVERY
from app.funding.grants.recoveries.models import Recovery
from app.kernel.activity import Actor
from app.kernel.money import decimal
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.conflicts.guards import independence


@RECOVERY.guard("propose")
async def a_fund_pays_the_grant(
    _db: AsyncSession, _actor: Actor, recovery: Recovery
) -> Unmet | None:
    """What no ledger knows comes back to none."""
    if recovery.grant.fund_id is not None:
        return None
    return Unmet("no_fund", "No fund pays the grant: nothing of it is in the books.")


@RECOVERY.guard("propose")
async def grant_is_not_closed(_db: AsyncSession, _actor: Actor, recovery: Recovery) -> Unmet | None:
    """A grant that is closed has nothing that is still to come, and none is closed before that."""
    if recovery.grant.status is not GrantStatus.CLOSED:
        return None
    return Unmet("grant_closed", "The grant is closed: reopen it first.")


@RECOVERY.guard("reverse")
async def its_grant_is_not_closed(
    _db: AsyncSession, _actor: Actor, recovery: Recovery
) -> Unmet | None:
    """A grant that is closed has nothing that is still to come."""
    if recovery.grant.status is not GrantStatus.CLOSED:
        return None
    return Unmet("grant_closed", "The grant is closed: reopen it first.")


@RECOVERY.guard("agree")
@RECOVERY.guard("reverse")
async def fund_is_open(_db: AsyncSession, _actor: Actor, recovery: Recovery) -> Unmet | None:
    """A closed fund takes no entry."""
    fund = recovery.grant.fund
    assert fund is not None, "what is proposed is of a grant that a fund pays"
    if fund.status is not FundStatus.CLOSED:
        return None
    return Unmet("fund_closed", f"The fund {fund.reference} is closed: reopen it first.")


@RECOVERY.guard("propose")
@RECOVERY.guard("agree")
async def so_much_was_disbursed(
    db: AsyncSession, _actor: Actor, recovery: Recovery
) -> Unmet | None:
    """No more comes back than was paid and is not claimed already."""
    grant = recovery.grant
    if grant.fund_id is None:
        return None
    paid = (await db.scalars(select(held(grant.fund_id, Bucket.DISBURSED, grant.id)))).one()
    if recovery.amount_minor <= paid:
        return None
    claimed, there = (
        decimal(amount_minor, recovery.currency) for amount_minor in (recovery.amount_minor, paid)
    )
    return Unmet(
        "disbursed_short",
        f"It claims {recovery.currency} {claimed}; of what was paid {there} is not claimed yet.",
    )


@RECOVERY.guard("agree")
@RECOVERY.guard("dismiss")
@RECOVERY.guard("write_off")
async def decider_is_independent(
    db: AsyncSession, actor: Actor, recovery: Recovery
) -> Unmet | Marked | None:
    """Whoever decides what a grantee pays back has nothing to gain or lose by it."""
    return await independence(db, actor, GRANTS, recovery.grant_id)


@GRANT.guard("close")
async def recoveries_are_settled(db: AsyncSession, _actor: Actor, grant: Grant) -> Unmet | None:
    """What is to come back has come, was written off or dismissed."""
    still_open = select(Recovery.id, Recovery.reason).where(
        Recovery.grant_id == grant.id, Recovery.status.in_(OPEN)
    )
    found = (await db.execute(still_open.order_by(Recovery.created_at))).all()
    if not found:
        return None
    return Unmet(
        "recoveries_open",
        "Receive, write off or dismiss what is to come back first.",
        subjects=tuple(Ref(id=id_, reference=None, name=reason) for id_, reason in found),
    )
