"""Who may read what others published: everybody with an account."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.people.identity.roles import ANY

permissions(
    Permission(
        "external_grant.read",
        "see grants that others published",
        *ANY,
        everywhere=True,
        everyone=True,
    ),
)

AUDIENCES: Final = audiences(to_all=("external_file.imported",))
