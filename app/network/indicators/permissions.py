"""Who may say what a programme wants to see change."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, MANAGER

permissions(
    Permission("indicator.define", "define indicators of a programme's outcomes", ADMIN, MANAGER),
)

AUDIENCES: Final = audiences(to_all=("indicator.edited",))
