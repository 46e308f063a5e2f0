"""Who may do what with targets: they are the member's own."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADVISER, COLLABORATION, FACILITATOR, STAFF

permissions(
    Permission(
        "trust_target.read",
        "see what a member sets out to be",
        *STAFF,
        FACILITATOR,
        ADVISER,
        *COLLABORATION,
    ),
    Permission("trust_target.create", "set a target for a member", *COLLABORATION),
    Permission("trust_target.edit", "change a member's targets", *COLLABORATION),
    Permission("trust_target.settle", "mark a target as met or given up", *COLLABORATION),
)

AUDIENCES: Final = audiences(to_parties=("trust_target.edited",))
