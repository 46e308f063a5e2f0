"""What must hold before an amendment is submitted, approved and comes into force."""

from typing import Final
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.lifecycle import FundStatus
from app.funding.grants.amendments.differences import changed_milestones
from app.funding.grants.amendments.lifecycle import AMENDMENT, OPEN
from app.funding.grants.amendments.models import Amendment
from app.funding.grants.amendments.queries import AMENDMENTS, as_said
from app.funding.grants.booking.exchange import queries as exchange
from app.funding.grants.booking.guards import short
from app.funding.grants.booking.queries import means
from app.funding.grants.lifecycle import GrantStatus, MilestoneStatus
from app.funding.grants.models import Milestone
from app.funding.grants.settling.guards import held
from app.funding.grants.terms.queries import whole
from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.conflicts.guards import independence

AMENDABLE: Final = frozenset({GrantStatus.ACTIVE, GrantStatus.SUSPENDED})
_CHANGEABLE: Final = (MilestoneStatus.PLANNED, MilestoneStatus.REJECTED)


@AMENDMENT.guard("create")
async def grant_goes_on(_db: AsyncSession, _actor: Actor, amendment: Amendment) -> Unmet | None:
    """What was not signed is edited, and what closes is as it was agreed."""
    status = amendment.grant.status
    if status in AMENDABLE:
        return None
    return Unmet("grant_not_amendable", f"The grant is {status}: it must be active or suspended.")


@AMENDMENT.guard("submit")
@AMENDMENT.guard("apply")
@AMENDMENT.guard("sign")
async def grant_is_not_held(db: AsyncSession, _actor: Actor, amendment: Amendment) -> Unmet | None:
    """While its grant is held nothing new is agreed."""
    return held(db, amendment.grant)


@AMENDMENT.guard("submit")
async def something_would_change(
    _db: AsyncSession, _actor: Actor, amendment: Amendment
) -> Unmet | None:
    """An amendment that says what is agreed already is none."""
    if amendment.differences:
        return None
    return Unmet("nothing_changes", "It proposes what is agreed already.", pointer="/terms")


@AMENDMENT.guard("submit")
async def milestones_lie_within_the_period(
    _db: AsyncSession, _actor: Actor, amendment: Amendment
) -> Unmet | None:
    """What is agreed is due while the grant runs."""
    terms = amendment.terms
    outside = [
        one["title"]
        for one in terms["milestones"]
        if not terms["starts_on"] <= one["due_on"] <= terms["ends_on"]
    ]
    if not outside:
        return None
    return Unmet(
        "milestones_outside",
        f"Due outside of the grant's period: {'; '.join(outside)}.",
        pointer="/terms/milestones",
    )


@AMENDMENT.guard("submit")
async def no_other_is_open(db: AsyncSession, _actor: Actor, amendment: Amendment) -> Unmet | None:
    """Amendments are decided one after the other."""
    other = select(Amendment.number).where(
        Amendment.grant_id == amendment.grant_id, Amendment.status.in_(OPEN)
    )
    number = await db.scalar(other)
    if number is None:
        return None
    return Unmet("another_amendment_open", f"Amendment {number} is to be settled first.")


@AMENDMENT.guard("submit")
@AMENDMENT.guard("apply")
@AMENDMENT.guard("sign")
async def settled_milestones_stay(
    db: AsyncSession, _actor: Actor, amendment: Amendment
) -> Unmet | None:
    """What was reported, accepted, waived or paid stays as it was agreed."""
    base = as_said(amendment.grant, await whole(db, amendment.grant_id))
    changed = [UUID(one) for one in changed_milestones(base, amendment.terms)]
    settled = select(Milestone.id, Milestone.reference, Milestone.title).where(
        Milestone.id.in_(changed), Milestone.status.not_in(_CHANGEABLE)
    )
    found = (await db.execute(settled.order_by(Milestone.number))).all()
    if not found:
        return None
    return Unmet(
        "milestones_settled",
        f"Reported or decided, so as it was agreed: {', '.join(one.reference for one in found)}.",
        subjects=tuple(Ref(id=id_, reference=at, name=title) for id_, at, title in found),
    )


@AMENDMENT.guard("approve")
@AMENDMENT.guard("sign")
async def fund_can_pay_more(db: AsyncSession, _actor: Actor, amendment: Amendment) -> Unmet | None:
    """A higher award comes out of what is promised to nobody, at the exchange rate of the grant
    where it is in another currency than its fund."""
    grant = amendment.grant
    more = await _more(db, amendment)
    if more.vanishes():
        said = "What changes comes to less than the least amount of the fund's currency."
        return Unmet(exchange.TOO_SMALL, said, pointer="/terms/milestones")
    wanted = literal(more.booked_minor)
    fund = await means(db, grant, wanted) if more.booked_minor > 0 else None
    if fund is None:
        return None
    if fund.status is FundStatus.CLOSED:
        return Unmet("fund_closed", f"The fund {fund.reference} is closed: reopen it first.")
    return short(fund)


async def _more(db: AsyncSession, amendment: Amendment) -> exchange.Change:
    """What the award would be more, or less; nothing of it where a milestone would be nothing in
    the books."""
    base = await whole(db, amendment.grant_id)
    more_minor = amendment.terms["award"]["amount_minor"] - base.award_minor
    minor_rate = await exchange.minor_rate_of(db, amendment.grant)
    if minor_rate is None:
        return exchange.Change(more_minor, more_minor)
    wanted = [
        (UUID(one["id"]) if one["id"] else None, one["amount"]["amount_minor"])
        for one in amendment.terms["milestones"]
    ]
    in_books, amounts = exchange.rebooked(base, wanted, minor_rate), [one for _, one in wanted]
    if exchange.vanishes(amounts, in_books):
        return exchange.Change(0, max(amounts))
    return exchange.change(base, amounts, in_books)


@AMENDMENT.guard("approve")
@AMENDMENT.guard("reject")
@AMENDMENT.guard("apply")
async def decider_is_independent(
    db: AsyncSession, actor: Actor, amendment: Amendment
) -> Unmet | Marked | None:
    """Whoever decides did not propose it, and is independent of the grantee."""
    return await independence(db, actor, AMENDMENTS, amendment.id)


@AMENDMENT.guard("sign")
async def signatory_is_independent(
    db: AsyncSession, actor: Actor, amendment: Amendment
) -> Unmet | Marked | None:
    """Whoever signs for the convenor is independent of the grantee."""
    if not actor.holds("grant.sign_as_convenor", amendment.scope_id):
        return None
    return await independence(db, actor, AMENDMENTS, amendment.id)
