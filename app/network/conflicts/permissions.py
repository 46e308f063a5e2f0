"""Who may do what with conflicts of interest and dispensations."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, MANAGER, TEAM

permissions(
    Permission("conflict_of_interest.read", "see conflicts of interest", *TEAM),
    Permission(
        "conflict_of_interest.declare",
        "declare a conflict of interest of one's own",
        everywhere=True,
        everyone=True,
    ),
    Permission(
        "conflict_of_interest.impose",
        "impose a conflict of interest on one's people, and correct one",
        ADMIN,
        MANAGER,
    ),
    Permission("decider.name", "be asked for somebody independent who decides", ADMIN, MANAGER),
    Permission("dispensation.read", "see dispensations", *TEAM),
    Permission(
        "dispensation.give",
        "let somebody decide who is not independent, with a second person",
        ADMIN,
        MANAGER,
    ),
)

AUDIENCES: Final = audiences(
    to_all=(
        "conflict_of_interest.corrected",
        "conflict_of_interest.declared",
        "conflict_of_interest.ended",
        "conflict_of_interest.imposed",
        "conflict_of_interest.withdrawn",
    ),
)
