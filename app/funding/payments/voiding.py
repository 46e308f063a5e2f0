"""Taking the approval of a payment back, for its own verbs and for what changes below it."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.payments.lifecycle import PAYMENT, PaymentStatus
from app.funding.payments.models import Payment
from app.kernel.lifecycle import move
from app.people.identity.actors import Actor

UNAPPROVED: Final = {"approved_by_id": None, "approved_at": None, "approved_sha256": None}
"""What a payment says of its approval that has none."""


async def void_approval(
    db: AsyncSession, actor: Actor, payment: Payment, reason: str | None = None
) -> None:
    """Let a payment that is not what was approved any more be approved again, in the transaction of
    the change."""
    if payment.status is PaymentStatus.APPROVED:
        await move(db, actor, payment, PAYMENT, "void", reason=reason, writes=UNAPPROVED)
        await db.flush()
