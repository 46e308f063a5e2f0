"""Who may do what with frameworks."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, ANY, FACILITATOR, MANAGER

permissions(
    Permission("framework.read", "see frameworks", *ANY, everywhere=True),
    Permission(
        "framework.edit",
        "draw frameworks up, and say first that they be published",
        ADMIN,
        MANAGER,
        FACILITATOR,
    ),
    Permission("framework.publish", "publish what another draws up, and retire it", ADMIN, MANAGER),
)

AUDIENCES: Final = audiences(
    to_all=("framework.created", "framework_version.edited"),
    to_team=("framework.deleted", "framework.version_deleted"),
)
