"""Which payments a line of the bank's may be about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.funds.models import Fund
from app.funding.funds.references import folded
from app.funding.payments.lifecycle import PaymentStatus
from app.funding.payments.models import Payment, PaymentAttempt
from app.funding.payments.statements.lifecycle import BankLineObstacle
from app.funding.payments.statements.lines import BankOutcome
from app.funding.payments.statements.models import BankLine


@dataclass(frozen=True)
class Found:
    """The payment that a line is about, whether the bank's word on it was written down before, or
    why it is about none."""

    payment_id: UUID | None = None
    is_known: bool = False
    obstacle: BankLineObstacle | None = None


def is_candidate() -> ColumnElement[bool]:
    """Whether a line may be about a payment: it is with the bank, of that amount."""
    return and_(
        Payment.fund_id == BankLine.fund_id,
        Payment.status == PaymentStatus.RELEASED,
        Payment.amount_minor == BankLine.amount_minor,
        Payment.currency == BankLine.currency,
    )


def is_of(line: BankLine) -> ColumnElement[bool]:
    """Whether a payment is of what a line says; or in another currency than its fund's, in which
    the line says what the bank took."""
    same = and_(Payment.amount_minor == line.amount_minor, Payment.currency == line.currency)
    of_fund = select(Fund.currency).where(Fund.id == Payment.fund_id).scalar_subquery()
    exchanged = and_(Payment.booked_minor.is_not(None), of_fund == line.currency)
    return or_(same, exchanged)


async def payment_of(db: AsyncSession, line: BankLine) -> Found:
    """What a line is about: by the `end_to_end_id` of an attempt where it names one, else by the
    bank's reference, its amount and its currency."""
    if line.end_to_end_id is not None:
        named = await _by_end_to_end_id(db, line)
        if named is not None:
            return named
    if line.bank_reference is None:
        return Found(obstacle=BankLineObstacle.NO_PAYMENT)
    return await _by_reference(db, line)


async def _by_end_to_end_id(db: AsyncSession, line: BankLine) -> Found | None:
    attempt = select(Payment, PaymentAttempt, is_of(line)).join(
        PaymentAttempt, PaymentAttempt.payment_id == Payment.id
    )
    attempt = attempt.where(
        Payment.fund_id == line.fund_id, PaymentAttempt.end_to_end_id == line.end_to_end_id
    )
    found = (await db.execute(attempt)).one_or_none()
    if found is None:
        return None
    payment, tried, is_of_it = found
    if not is_of_it:
        return Found(obstacle=BankLineObstacle.AMOUNT_DIFFERS)
    if _is_told(line, payment, tried):
        return Found(payment.id, is_known=True)
    if tried.ended_at is not None:
        return Found(obstacle=BankLineObstacle.NOT_WITH_THE_BANK)
    return Found(payment.id)


def _is_told(line: BankLine, payment: Payment, tried: PaymentAttempt) -> bool:
    """Whether somebody has written down what the line says, by whatever reference where it says
    none."""
    if tried.ended_at is None:
        return False
    if line.outcome is BankOutcome.NOT_PAID:
        return tried.fault is not None
    told = line.bank_reference
    same = told is None or payment.bank_reference_folded == folded(told)
    return payment.status is PaymentStatus.SETTLED and tried.fault is None and same


async def _by_reference(db: AsyncSession, line: BankLine) -> Found:
    told = folded(line.bank_reference or "")
    of_it = (
        Payment.fund_id == line.fund_id,
        Payment.amount_minor == line.amount_minor,
        Payment.currency == line.currency,
    )
    if line.outcome is BankOutcome.PAID:
        settled = select(Payment.id).where(
            *of_it,
            Payment.status == PaymentStatus.SETTLED,
            Payment.bank_reference_folded == told,
        )
        if (before := await db.scalar(settled)) is not None:
            return Found(before, is_known=True)
    named = await _named_in(db, told, *of_it)
    with_the_bank = [id_ for id_, status in named if status is PaymentStatus.RELEASED]
    if not with_the_bank:
        return Found(obstacle=BankLineObstacle.NO_PAYMENT)
    if len(named) > 1:
        return Found(obstacle=BankLineObstacle.SEVERAL_PAYMENTS)
    return Found(with_the_bank[0])


async def _named_in(
    db: AsyncSession, told: str, *of_it: ColumnElement[bool]
) -> Sequence[Row[UUID, PaymentStatus]]:
    """What is called, by its own reference or that of an attempt, in what the bank calls it: `P1`
    is not called in `P10`. Where that may be several, all are, be they with the bank or not."""

    def stands_in(reference: Any) -> ColumnElement[bool]:
        plain = func.lower(func.regexp_replace(reference, "[^[:alnum:]]", "", "g"))
        return literal(told).regexp_match(func.concat(plain, "([^0-9]|$)"))

    tried = exists().where(
        PaymentAttempt.payment_id == Payment.id, stands_in(PaymentAttempt.end_to_end_id)
    )
    named = or_(stands_in(Payment.reference), tried)
    statement = select(Payment.id, Payment.status).where(*of_it, named).order_by(Payment.id)
    return (await db.execute(statement)).all()
