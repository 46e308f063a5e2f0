"""Who may do what with metrics."""

from app.identity.roles import FUNDER, OBSERVER, STAFF
from app.kernel.permissions import Permission, permissions

permissions(
    Permission("metrics.read", "read metrics", *STAFF, FUNDER, OBSERVER),
)
