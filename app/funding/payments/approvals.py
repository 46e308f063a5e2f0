"""What an approval binds: whoever releases pays what was approved, or nothing."""

from uuid import UUID

from app.funding.payments.models import Payment
from app.kernel.canonical import canonical, sha256


def content(payment: Payment) -> dict[str, UUID | str | int | None]:
    """What is approved of a payment: how much, to which account, for what."""
    source: dict[str, UUID | int | None] = {
        "milestone_id": payment.milestone_id,
        "milestone_version": payment.source_version,
    }
    if payment.milestone_id is None:
        source = {
            "expense_claim_id": payment.expense_claim_id,
            "expense_claim_version": payment.source_version,
        }
    return {
        "payment_id": payment.id,
        "amount_minor": payment.amount_minor,
        "tax_minor": payment.tax_minor,
        "currency": payment.currency,
        "payee_account_id": payment.payee_account_id,
        **source,
    }


def digest(payment: Payment) -> bytes:
    """The hash of that, of which the approval keeps one."""
    return sha256(canonical(content(payment)))
