"""What becomes of a run when one of its payments moves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.lifecycle import PAYMENT
from app.funding.payments.models import Payment
from app.funding.payments.runs import access
from app.funding.payments.runs.leaving import fall_out, heard_of, leave
from app.funding.payments.runs.lifecycle import PAYMENT_RUN, LeftBecause
from app.funding.payments.runs.models import PaymentRun
from app.people.identity.actors import Actor


@PAYMENT.consequence("hold")
async def what_is_held_leaves_its_run(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """A payment that is held falls out of its run."""
    await fall_out(db, payment.id, LeftBecause.HELD)


@PAYMENT.consequence("cancel")
@PAYMENT.consequence("drop")
async def what_is_given_up_leaves_its_run(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """A payment that is given up falls out of its run."""
    await fall_out(db, payment.id, LeftBecause.CANCELLED)


@PAYMENT.consequence("void")
async def what_is_approved_no_more_leaves_its_run(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """A payment whose approval is void falls out of its run."""
    await fall_out(db, payment.id, LeftBecause.VOIDED)


@PAYMENT.consequence("release")
async def what_is_released_apart_leaves_its_run(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """A payment that is released by itself falls out of a run that was not."""
    await fall_out(db, payment.id, LeftBecause.RELEASED_APART)


@PAYMENT.consequence("settle")
async def run_hears_that_it_was_paid(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """The run of a payment is done once the bank has told of all of it."""
    await heard_of(db, payment.id, LeftBecause.SETTLED)


@PAYMENT.consequence("fail")
async def run_hears_that_it_was_not_paid(
    db: AsyncSession, _actor: Actor, payment: Payment, _reason: str | None
) -> None:
    """The run of a payment is done once the bank has told of all of it; it may be in another."""
    await heard_of(db, payment.id, LeftBecause.FAILED)


@PAYMENT_RUN.consequence("cancel")
async def its_payments_are_free(
    db: AsyncSession, _actor: Actor, run: PaymentRun, _reason: str | None
) -> None:
    """Its payments stay as they are, and may be in another run."""
    for item in await access.live_items(db, run.id):
        leave(db, item, LeftBecause.RUN_CANCELLED)
    await db.flush()
