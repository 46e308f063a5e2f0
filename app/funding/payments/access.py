"""Payments, for those who may see them, and holding the grant or the claim that they pay."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.models import Fund
from app.funding.grants.models import Grant
from app.funding.payments.lifecycle import LIVE, NOT_RELEASED
from app.funding.payments.models import Payment, PaymentAttempt
from app.funding.payments.payee_accounts.access import hold_payable
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held

READ: Final = "payment.read"


class PaymentNotFound(NotFound):
    """There is no such payment, or none that you may see."""


payment: Final = Loader(
    Payment,
    READ,
    PaymentNotFound,
    (
        joinedload(Payment.milestone),
        joinedload(Payment.payee_account),
        joinedload(Payment.grant).options(
            joinedload(Grant.membership), joinedload(Grant.cohort), joinedload(Grant.collaboration)
        ),
        joinedload(Payment.expense_claim).options(
            joinedload(ExpenseClaim.cohort),
            joinedload(ExpenseClaim.claimant),
        ),
    ),
    above=Above(Payment.scope_id, hold_payable),
)


async def hold_fund(db: AsyncSession, payment: Payment) -> None:
    """Lock the fund of a payment that the caller holds, so that it is not closed meanwhile."""
    await db.execute(held(select(Fund).where(Fund.id == payment.fund_id), Fund))


async def live(db: AsyncSession, milestone_id: UUID) -> Payment | None:
    """The payment of a milestone that was not cancelled or reversed."""
    statement = select(Payment).where(
        Payment.milestone_id == milestone_id, Payment.status.in_(LIVE)
    )
    return await db.scalar(statement)


async def live_of_claim(db: AsyncSession, expense_claim_id: UUID) -> Payment | None:
    """The payment of a claim that was not cancelled or reversed."""
    statement = select(Payment).where(
        Payment.expense_claim_id == expense_claim_id, Payment.status.in_(LIVE)
    )
    return await db.scalar(statement)


def unreleased(*of: ColumnElement[bool]) -> Select[Payment]:
    """The payments that have not left, by these conditions."""
    return select(Payment).where(Payment.status.in_(NOT_RELEASED), *of).order_by(Payment.number)


async def hold(db: AsyncSession, payments: Select[Payment]) -> Sequence[Payment]:
    """Lock these payments, in their order."""
    return (await db.scalars(held(payments, Payment))).all()


async def next_number(db: AsyncSession, scope_id: UUID) -> int:
    """The number of the next payment of a grant or claim that the caller holds."""
    highest = select(func.max(Payment.number)).where(Payment.scope_id == scope_id)
    return (await db.scalar(highest) or 0) + 1


async def latest_attempt(db: AsyncSession, payment_id: UUID) -> PaymentAttempt | None:
    """The last time that it was handed to the bank."""
    statement = select(PaymentAttempt).where(PaymentAttempt.payment_id == payment_id)
    return await db.scalar(statement.order_by(PaymentAttempt.number.desc()).limit(1))
