"""What an approval binds: whoever releases pays what was approved, or nothing."""

from uuid import UUID

from app.funding.payments.models import Payment
from app.kernel.canonical import canonical, sha256


def content(payment: Payment, milestone_version: int) -> dict[str, UUID | str | int | None]:
    """What is approved of a payment: how much, to which account, for what."""
    return {
        "payment_id": payment.id,
        "amount_minor": payment.amount_minor,
        "tax_minor": payment.tax_minor,
        "currency": payment.currency,
        "payee_account_id": payment.payee_account_id,
        "milestone_id": payment.milestone_id,
        "milestone_version": milestone_version,
    }


def digest(payment: Payment, milestone_version: int) -> bytes:
    """The hash of that, of which the approval keeps one."""
    return sha256(canonical(content(payment, milestone_version)))
