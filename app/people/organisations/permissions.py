"""Who may do what with organisations and affiliations."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ADMIN, ANY, LEAD, MANAGER, RUNS

permissions(
    Permission("organisation.read", "see organisations", *ANY, everywhere=True, everyone=True),
    Permission("organisation.create", "add organisations", ADMIN, *RUNS, LEAD, everywhere=True),
    Permission("organisation.edit", "edit organisations", ADMIN, *RUNS, everywhere=True),
    Permission(
        "organisation.merge", "make one of two organisations", ADMIN, MANAGER, everywhere=True
    ),
    Permission(
        "affiliation.edit", "record for whom one works oneself", everywhere=True, everyone=True
    ),
    Permission("affiliation.vouch", "record for whom one's people work", ADMIN, *RUNS, LEAD),
)

AUDIENCES: Final = audiences(
    to_all=(
        "affiliation.created",
        "affiliation.confirmed",
        "affiliation.contested",
        "affiliation.edited",
        "affiliation.ended",
        "affiliation.withdrawn",
        "organisation.created",
        "organisation.edited",
        "organisation.merge_undone",
        "organisation.merged",
    ),
)
