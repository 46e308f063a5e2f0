"""Who may do what with programmes."""

from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, ANY, MANAGER

permissions(
    Permission("programme.read", "see programmes", *ANY, everywhere=True, everyone=True),
    Permission("programme.create", "add programmes", ADMIN, MANAGER),
    Permission("programme.edit", "edit programmes", ADMIN, MANAGER),
)
