"""Who opens and closes accounting periods: finance."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER

permissions(
    Permission("accounting_period.open", "open an accounting period, or delete it", APPROVER),
    Permission("accounting_period.close", "close an accounting period for good", APPROVER),
)

AUDIENCES: Final = audiences(to_all=("fund.accounting_period_deleted",))
