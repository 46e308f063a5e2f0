"""Who sets limits of authority, confirms them, and is stood in for."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import APPROVER, MANAGER, RELEASER, STAFF

_FINANCE = (MANAGER, APPROVER, RELEASER)

permissions(
    Permission("payment_limit.read", "see limits of authority", *STAFF, APPROVER, RELEASER),
    Permission("payment_limit.propose", "set limits of authority, and take them away", *_FINANCE),
    Permission("payment_limit.confirm", "confirm limits that another has set", *_FINANCE),
    Permission("payment_limit.delegate", "be stood in for within one's own limit", *_FINANCE),
)
