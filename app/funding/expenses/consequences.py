"""What the moves of a claim do in the ledger, and who is written to about them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.letters import service as letters
from app.funding.expenses.lifecycle import EXPENSE_CLAIM
from app.funding.expenses.models import ExpenseClaim
from app.funding.expenses.queries import booked
from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.kernel.clock import today
from app.people.identity.actors import Actor


@EXPENSE_CLAIM.consequence("approve")
async def approved_amount_is_payable(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, _reason: str | None
) -> None:
    """What was approved is to be paid by the fund."""
    assert claim.approved_minor is not None, "what is approved says how much"
    await _book(db, actor, claim, EntryKind.EXPENSE, claim.approved_minor)


@EXPENSE_CLAIM.consequence("reopen")
@EXPENSE_CLAIM.consequence("withdraw")
async def approved_amount_goes_back(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, _reason: str | None
) -> None:
    """What had been approved of it is promised to nobody again."""
    payable_minor = (await db.scalars(select(booked(claim.id)))).one()
    if payable_minor:
        await _book(db, actor, claim, EntryKind.EXPENSE_UNDONE, payable_minor)


async def _book(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, kind: EntryKind, amount_minor: int
) -> None:
    await post(
        db,
        actor,
        claim.fund_id,
        kind,
        amount_minor,
        effective_on=today(db, claim.cohort.timezone),
        expense_claim_id=claim.id,
    )


@EXPENSE_CLAIM.consequence("submit")
async def reviewers_are_written_to(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, _reason: str | None
) -> None:
    """Those who review claims of the cohort are written to."""
    await letters.to_reviewers(db, actor, claim)


@EXPENSE_CLAIM.consequence("return")
@EXPENSE_CLAIM.consequence("approve")
@EXPENSE_CLAIM.consequence("decline")
@EXPENSE_CLAIM.consequence("reopen")
async def claimant_is_written_to(
    db: AsyncSession, actor: Actor, claim: ExpenseClaim, reason: str | None
) -> None:
    """The claimant is told what became of the claim, and of each item that was lowered."""
    await letters.to_claimant(db, actor, claim, reason)
