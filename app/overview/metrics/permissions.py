"""Who may do what with metrics."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import FUNDER, OBSERVER, STAFF

permissions(
    Permission("metrics.read", "read metrics", *STAFF, FUNDER, OBSERVER),
)
