"""Limits of authority, for those who may see them."""

from typing import Final

from app.funding.payments.limits.models import PaymentLimit
from app.kernel.errors import NotFound
from app.people.identity.access import Loader

READ: Final = "payment_limit.read"


class PaymentLimitNotFound(NotFound):
    """There is no such limit of authority, or none that you may see."""


payment_limit: Final = Loader(PaymentLimit, READ, PaymentLimitNotFound)
