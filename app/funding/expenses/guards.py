"""What must hold before a claim is submitted, decided or withdrawn, and before its cohort is
closed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.lifecycle import EXPENSE_CLAIM, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim, ExpenseItem
from app.funding.expenses.queries import EXPENSE_CLAIMS
from app.funding.funds.buckets import Bucket
from app.funding.funds.ledger import balance
from app.funding.funds.lifecycle import FundStatus
from app.funding.grants.booking.guards import short
from app.funding.grants.booking.queries import Means
from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.lifecycle import COHORT, CohortStatus
from app.network.cohorts.models import Cohort
from app.network.conflicts.guards import independence


@EXPENSE_CLAIM.guard("submit")
@EXPENSE_CLAIM.guard("withdraw")
async def claim_is_ones_own(_db: AsyncSession, actor: Actor, claim: ExpenseClaim) -> Unmet | None:
    """Whoever has spent the money or drew the claim up submits and withdraws it."""
    if {claim.claimant_id, claim.drafted_by_id} & actor.persons:
        return None
    return Unmet("claim_of_another", f"It is claimed by {claim.claimant.name}, who says so.")


@EXPENSE_CLAIM.guard("submit")
async def something_is_claimed(
    _db: AsyncSession, _actor: Actor, claim: ExpenseClaim
) -> Unmet | None:
    """A claim has an item."""
    if claim.items:
        return None
    return Unmet("nothing_claimed", "It has no item: add what the money was spent on.")


@EXPENSE_CLAIM.guard("submit")
async def receipts_are_there(_db: AsyncSession, _actor: Actor, claim: ExpenseClaim) -> Unmet | None:
    """Each item has its receipt, or says why there is none."""
    lacking = [one for one in claim.items if one.file_id is None and not one.no_receipt_because]
    if not lacking:
        return None
    said = "Remove it, and add it with its receipt or with the reason why there is none."
    return Unmet("receipt_missing", said, subjects=_named(lacking))


def _named(items: Sequence[ExpenseItem]) -> tuple[Ref, ...]:
    return tuple(Ref(id=one.id, reference=None, name=one.description) for one in items)


@EXPENSE_CLAIM.guard("create")
@EXPENSE_CLAIM.guard("submit")
@EXPENSE_CLAIM.guard("approve")
@EXPENSE_CLAIM.guard("reopen")
async def cohort_is_not_closed(
    _db: AsyncSession, _actor: Actor, claim: ExpenseClaim
) -> Unmet | None:
    """Of a cohort that is closed all accounts are settled."""
    if claim.cohort.status is not CohortStatus.CLOSED:
        return None
    return Unmet(
        "cohort_closed", f"The cohort {claim.cohort.reference} is closed: reopen it first."
    )


@EXPENSE_CLAIM.guard("return")
@EXPENSE_CLAIM.guard("approve")
@EXPENSE_CLAIM.guard("decline")
@EXPENSE_CLAIM.guard("reopen")
async def reviewer_is_independent(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim
) -> Unmet | Marked | None:
    """Whoever decides about a claim, or takes back what was decided, neither made it nor has a
    conflict of interest about the claimant."""
    return await independence(db, actor, EXPENSE_CLAIMS, claim.id)


@EXPENSE_CLAIM.guard("create")
@EXPENSE_CLAIM.guard("approve")
async def fund_is_open(_db: AsyncSession, _actor: Actor, claim: ExpenseClaim) -> Unmet | None:
    """A closed fund promises nothing."""
    if claim.fund.status is not FundStatus.CLOSED:
        return None
    return Unmet("fund_closed", f"The fund {claim.fund.reference} is closed: reopen it first.")


@EXPENSE_CLAIM.guard("approve")
async def fund_has_so_much(db: AsyncSession, _actor: Actor, claim: ExpenseClaim) -> Unmet | None:
    """What is approved is promised to nobody yet."""
    wanted_minor = sum(
        one.amount_minor if one.approved_minor is None else one.approved_minor
        for one in claim.items
    )
    left_minor = await balance(db, claim.fund_id, Bucket.UNALLOCATED)
    fund = claim.fund
    return short(
        Means(fund.status, fund.reference, fund.currency, left_minor, wanted_minor, claim.currency)
    )


@COHORT.guard("close")
async def claims_are_decided(db: AsyncSession, _actor: Actor, cohort: Cohort) -> Unmet | None:
    """What was claimed for it was decided."""
    waiting = select(ExpenseClaim.id, ExpenseClaim.reference).where(
        ExpenseClaim.cohort_id == cohort.id, ExpenseClaim.status == ExpenseClaimStatus.SUBMITTED
    )
    found = (await db.execute(waiting.order_by(ExpenseClaim.number))).all()
    if not found:
        return None
    subjects = tuple(Ref(id=id_, reference=known_as, name=known_as) for id_, known_as in found)
    said = "Approve, return or decline what people claim first."
    return Unmet("expense_claims_waiting", said, subjects=subjects)
