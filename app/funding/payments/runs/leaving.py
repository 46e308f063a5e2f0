"""How a payment leaves a run that it is in, in the transaction of what happened to it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.runs import access
from app.funding.payments.runs.lifecycle import (
    PAYMENT_RUN,
    UNRELEASED,
    LeftBecause,
    PaymentRunStatus,
)
from app.funding.payments.runs.models import PaymentRunItem
from app.kernel.clock import now
from app.kernel.editing import touch
from app.kernel.lifecycle import move
from app.people.identity.actors import scheduler


def leave(
    db: AsyncSession, item: PaymentRunItem, because: LeftBecause, detail: str | None = None
) -> None:
    """Record that it is in its run no more."""
    item.left_because, item.left_detail, item.left_at = because, detail, now(db)


async def fall_out(db: AsyncSession, payment_id: UUID, because: LeftBecause) -> None:
    """Let a payment leave the run that it is in, where that is not with the bank."""
    item = await access.live_item(db, payment_id)
    if item is None:
        return
    run = await access.hold(db, item.run_id)
    if run.status not in UNRELEASED:
        return
    leave(db, item, because)
    touch(run)
    await db.flush()


async def heard_of(db: AsyncSession, payment_id: UUID, because: LeftBecause) -> None:
    """The bank has said what became of a payment: the run is done once it has of all, whoever wrote
    that down."""
    item = await access.live_item(db, payment_id)
    if item is None:
        return
    run = await access.hold(db, item.run_id)
    leave(db, item, because)
    touch(run)
    await db.flush()
    if run.status is PaymentRunStatus.RELEASED and not await access.live_items(db, run.id):
        await move(db, scheduler(), run, PAYMENT_RUN, "finish")
        await db.flush()
