"""Who is written to when a claim was paid."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses import access as claims
from app.funding.expenses.letters import service as letters
from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
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
    ending = select(PayeeAccount.last_four).where(PayeeAccount.id == payment.payee_account_id)
    last_four = (await db.scalars(ending)).one()
    assert payment.value_on is not None, "what is settled says when"
    await letters.of_payment(db, actor, claim, payment.reference, payment.value_on, last_four)
