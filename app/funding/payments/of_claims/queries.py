"""What of the accounts of claims is forgotten with a person: whose they are, once nothing is paid
there any more."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.funding.expenses.lifecycle import UNSENT, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment
from app.funding.payments.payee_accounts.models import PayeeAccount
from app.people.erasures.personal import NAME, Personal, forgets
from app.people.identity.models import Account

_FORGOTTEN: Final = {"holder_name": NAME, "version": PayeeAccount.version + 1}
_ENDED: Final = (ExpenseClaimStatus.DECLINED, ExpenseClaimStatus.WITHDRAWN)


def is_done_with(drafter_is_gone: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether nothing is paid any more of a claim of somebody who is gone: it was paid, has ended,
    or is to be sent by whoever drew it up, and is gone too."""
    paid = exists().where(
        Payment.expense_claim_id == ExpenseClaim.id, Payment.status == PaymentStatus.SETTLED
    )
    return or_(
        paid.correlate(ExpenseClaim),
        ExpenseClaim.status.in_(_ENDED),
        and_(ExpenseClaim.status.in_(UNSENT), drafter_is_gone),
    )


forgets(
    Personal(
        "payee_account_holders",
        PayeeAccount,
        lambda who: PayeeAccount.expense_claim_id.in_(
            select(ExpenseClaim.id).where(
                ExpenseClaim.claimant_id.in_(who.account_ids),
                is_done_with(ExpenseClaim.drafted_by_id.in_(who.account_ids)),
            )
        ),
        lambda _who: _FORGOTTEN,
    )
)


async def forget_holders(db: AsyncSession, claim_id: UUID) -> None:
    """Forget whose the accounts of a claim are, where nothing is paid of it any more and the
    claimant was erased before."""
    claimant, drafter = aliased(Account), aliased(Account)
    drafter_is_gone = exists().where(
        drafter.id == ExpenseClaim.drafted_by_id, drafter.erased_at.is_not(None)
    )
    its = (
        select(ExpenseClaim.id)
        .join(claimant, claimant.id == ExpenseClaim.claimant_id)
        .where(
            ExpenseClaim.id == claim_id,
            claimant.erased_at.is_not(None),
            is_done_with(drafter_is_gone.correlate(ExpenseClaim)),
        )
    )
    named = update(PayeeAccount).where(
        PayeeAccount.expense_claim_id.in_(its), PayeeAccount.holder_name != NAME
    )
    await db.execute(named.values(_FORGOTTEN))
