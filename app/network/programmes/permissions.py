"""Who may do what with programmes."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, ANY, MANAGER

permissions(
    Permission("programme.read", "see programmes", *ANY, everywhere=True, everyone=True),
    Permission("programme.create", "add programmes", ADMIN, MANAGER),
    Permission("programme.edit", "edit programmes", ADMIN, MANAGER),
    Permission("programme.delete", "delete programmes that were not used", ADMIN, MANAGER),
)

AUDIENCES: Final = audiences(
    to_all=(
        "priority_area.edited",
        "programme.created",
        "programme.edited",
        "programme.expectation_added",
        "programme.expectation_edited",
        "programme.expectation_removed",
        "programme.strand_added",
        "programme.strand_edited",
        "programme.strand_removed",
        "target.counted",
        "target.created",
        "target.edited",
    ),
    to_team=("programme.deleted",),
)
