"""Who gathers payments into runs. Whoever approves and releases payments does so with runs."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, RELEASER, STAFF

permissions(
    Permission("payment_run.read", "see runs of payments", *STAFF, APPROVER, RELEASER),
    Permission("payment_run.gather", "gather payments into a run", APPROVER, RELEASER),
)
