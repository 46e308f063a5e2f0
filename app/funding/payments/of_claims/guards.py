"""What payments of claims stand in the way of."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.expenses.lifecycle import EXPENSE_CLAIM, ExpenseClaimStatus
from app.funding.expenses.models import ExpenseClaim
from app.funding.payments import access
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment
from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort


@EXPENSE_CLAIM.guard("reopen")
@EXPENSE_CLAIM.guard("withdraw")
async def nothing_of_it_is_paid(
    db: AsyncSession, _actor: Actor, claim: ExpenseClaim
) -> Unmet | None:
    """What was approved is taken back before it is paid."""
    payment = await access.live_of_claim(db, claim.id)
    if payment is None:
        return None
    said = "Its payment was asked for: have that cancelled first."
    if payment.status is PaymentStatus.SETTLED:
        said = "It was paid: have the payment reversed first, if the money came back."
    subject = Ref(id=payment.id, reference=payment.reference, name=payment.reference)
    return Unmet("payments_open", said, subjects=(subject,))


@COHORT.guard("close")
async def approved_claims_are_paid(db: AsyncSession, _actor: Actor, cohort: Cohort) -> Unmet | None:
    """What was approved of people's claims is paid."""
    paid = exists().where(
        Payment.expense_claim_id == ExpenseClaim.id, Payment.status == PaymentStatus.SETTLED
    )
    owed = select(ExpenseClaim.id, ExpenseClaim.reference).where(
        ExpenseClaim.cohort_id == cohort.id,
        ExpenseClaim.status == ExpenseClaimStatus.APPROVED,
        ~paid,
    )
    found = (await db.execute(owed.order_by(ExpenseClaim.number))).all()
    if not found:
        return None
    subjects = tuple(Ref(id=id_, reference=known_as, name=known_as) for id_, known_as in found)
    said = "Pay what was approved of people's claims, or reopen and decline it."
    return Unmet("expense_claims_unpaid", said, subjects=subjects)
