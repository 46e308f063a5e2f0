"""Who records exchange rates: finance."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER

permissions(
    Permission(
        "exchange_rate.record", "record an exchange rate of a fund, or withdraw it", APPROVER
    )
)
