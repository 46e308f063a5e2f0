"""Who is written to when a claim was paid, and when that came back; and what is forgotten once
nothing is paid of it any more."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses import access as claims
from app.funding.expenses.letters import service as letters
from app.funding.expenses.lifecycle import EXPENSE_CLAIM
from app.funding.expenses.models import ExpenseClaim
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
from app.funding.payments.of_claims.queries import forget_holders
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.identity.actors import Actor


@PAYMENT.consequence("settle")
async def claimant_is_told_of_the_payment(
    db: AsyncSession, actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """Of a claim of expenses the claimant is told that it was paid."""
    if payment.expense_claim_id is None:
        return
    claim = await claims.paid_to(db, payment.expense_claim_id)
    assert payment.value_on is not None, "what is settled says when"
    ending = await _ending(db, payment)
    await letters.of_payment(db, actor, claim, payment.reference, payment.value_on, ending)


@PAYMENT.consequence("reverse")
async def claimant_is_told_that_it_came_back(
    db: AsyncSession, actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """Of a claim of expenses the claimant is told that what was paid came back."""
    if payment.expense_claim_id is None:
        return
    claim = await claims.paid_to(db, payment.expense_claim_id)
    ending = await _ending(db, payment)
    await letters.of_return(db, actor, claim, payment.reference, ending)


@PAYMENT.consequence("settle")
async def name_of_an_erased_claimant_goes_once_paid(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """Of a claimant who was erased before, the name on the account goes now that it was paid."""
    if payment.expense_claim_id is not None:
        await forget_holders(db, payment.expense_claim_id)


@EXPENSE_CLAIM.consequence("return")
@EXPENSE_CLAIM.consequence("decline")
@EXPENSE_CLAIM.consequence("withdraw")
async def name_of_an_erased_claimant_goes_once_nothing_is_paid(
    db: AsyncSession, _actor: Actor, claim: ExpenseClaim, _reason: str | None
) -> None:
    """Of a claimant who was erased before, the name on the account goes where nothing is paid any
    more."""
    await forget_holders(db, claim.id)


async def _ending(db: AsyncSession, payment: Payment) -> str:
    """The last characters of the number that it goes to."""
    asked = select(PayeeAccount.last_four).where(PayeeAccount.id == payment.payee_account_id)
    return (await db.scalars(asked)).one()
