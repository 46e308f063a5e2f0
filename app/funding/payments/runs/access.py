"""Runs of payments, for those who may see them; whoever moves one holds the grants and claims of
its payments first, as all that moves a payment does."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.funding.expenses.models import ExpenseClaim
from app.funding.funds.models import Fund
from app.funding.grants.models import Grant
from app.funding.payments.models import Payment, PaymentAttempt, in_books
from app.funding.payments.runs.models import PaymentRun, PaymentRunItem
from app.kernel.errors import NotFound
from app.people.identity.access import Above, Loader, held

READ: Final = "payment_run.read"


class PaymentRunNotFound(NotFound):
    """There is no such run of payments, or none that you may see."""


def is_in(run_id: UUID) -> ColumnElement[bool]:
    """Whether a payment is in a run and has not left it."""
    live = PaymentRunItem.left_because.is_(None)
    items = select(PaymentRunItem.payment_id).where(PaymentRunItem.run_id == run_id, live)
    return Payment.id.in_(items)


def in_a_run() -> ColumnElement[bool]:
    """Whether a payment is in any run and has not left it."""
    live = select(PaymentRunItem.payment_id).where(PaymentRunItem.left_because.is_(None))
    return Payment.id.in_(live)


async def hold_grants(db: AsyncSession, which: ColumnElement[bool]) -> None:
    """Lock the grants and the claims of these payments in the order of their ids, whoever asks."""
    of_them = select(Payment.grant_id).where(which)
    grants = select(Grant.id).where(Grant.id.in_(of_them)).order_by(Grant.id)
    await db.execute(grants.with_for_update(key_share=True))
    of_people = select(Payment.expense_claim_id).where(which)
    claims = select(ExpenseClaim.id).where(ExpenseClaim.id.in_(of_people))
    await db.execute(claims.order_by(ExpenseClaim.id).with_for_update(key_share=True))


async def _hold_grants_of(db: AsyncSession, run_id: UUID) -> None:
    await hold_grants(db, is_in(run_id))


payment_run: Final = Loader(
    PaymentRun, READ, PaymentRunNotFound, above=Above(PaymentRun.id, _hold_grants_of)
)


async def payments_of(db: AsyncSession, run: PaymentRun) -> Sequence[UUID]:
    """The payments that are in a run and have not left it, in their order."""
    found = select(Payment.id).where(is_in(run.id)).order_by(Payment.reference)
    return (await db.scalars(found)).all()


async def total_minor(db: AsyncSession, run: PaymentRun) -> int:
    """What the payments come to that are in a run, in minor units of its fund's currency."""
    total = select(func.coalesce(func.sum(in_books(Payment)), 0)).where(is_in(run.id))
    return int((await db.scalars(total)).one())


async def live_item(db: AsyncSession, payment_id: UUID) -> PaymentRunItem | None:
    """That a payment is in a run now."""
    live = PaymentRunItem.left_because.is_(None)
    return await db.scalar(
        select(PaymentRunItem).where(PaymentRunItem.payment_id == payment_id, live)
    )


async def hold(db: AsyncSession, run_id: UUID) -> PaymentRun:
    """Lock a run, whoever asks."""
    return (
        await db.scalars(held(select(PaymentRun).where(PaymentRun.id == run_id), PaymentRun))
    ).one()


async def live_items(db: AsyncSession, run_id: UUID) -> Sequence[PaymentRunItem]:
    """Those that are in a run still."""
    live = PaymentRunItem.left_because.is_(None)
    items = select(PaymentRunItem).where(PaymentRunItem.run_id == run_id, live)
    return (await db.scalars(items.order_by(PaymentRunItem.id))).all()


async def next_number(db: AsyncSession, fund_id: UUID) -> int:
    """The number of the next run of a fund that the caller holds."""
    highest = select(func.max(PaymentRun.number)).where(PaymentRun.fund_id == fund_id)
    return (await db.scalar(highest) or 0) + 1


def named(payment_ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a payment is one of these."""
    return Payment.id.in_(list(payment_ids))


async def fund_of(db: AsyncSession, run: PaymentRun) -> Fund:
    """The fund that pays it."""
    return (await db.scalars(select(Fund).where(Fund.id == run.fund_id))).one()


async def attempts_of(db: AsyncSession, run: PaymentRun) -> Sequence[Row[Payment, PaymentAttempt]]:
    """The payments of a run that are with the bank, each with its open attempt and where it goes;
    whoever asks has obtained the run with the permission to have its file."""
    statement = (
        select(Payment, PaymentAttempt)
        .join(PaymentAttempt, PaymentAttempt.payment_id == Payment.id)
        .where(is_in(run.id), PaymentAttempt.ended_at.is_(None))
        .order_by(Payment.reference)
        .options(joinedload(PaymentAttempt.payee_account))
    )
    return (await db.execute(statement)).all()
