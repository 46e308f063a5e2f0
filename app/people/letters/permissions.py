"""Who sees all letters."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, AUDITOR

permissions(
    Permission("letter.read", "see to whom letters went and which failed", ADMIN, AUDITOR),
)
