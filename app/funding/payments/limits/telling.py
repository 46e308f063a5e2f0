"""What is told of limits of authority."""

from typing import Final

from app.funding.payments.limits.access import READ, PaymentLimitNotFound
from app.funding.payments.limits.lifecycle import PAYMENT_LIMIT
from app.funding.payments.limits.models import PaymentLimit
from app.funding.payments.limits.schemas import PaymentLimitOut, PaymentLimitPage
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

PAYMENT_LIMITS: Final = Telling(
    PaymentLimitOut,
    PaymentLimit,
    READ,
    missing=PaymentLimitNotFound,
    lifecycle=PAYMENT_LIMIT,
    told={
        "amount": {
            "amount_minor": PaymentLimit.amount_minor,
            "currency": PaymentLimit.currency,
        },
    },
    sorts={"created_at": (PaymentLimit.created_at, PaymentLimit.id)},
    page_of=PaymentLimitPage,
)
PAYMENT_LIMITS_AS_CSV: Final = exported("payment-limits", PAYMENT_LIMITS)
