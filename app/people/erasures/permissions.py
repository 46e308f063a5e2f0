"""Who erases people."""

from typing import Final

from app.kernel.audiences import audiences
from app.kernel.permissions import Permission, permissions
from app.kernel.separations import separated
from app.kernel.transitions import BY_TWO, first_word, taken_back
from app.people.identity.roles import ADMIN

ERASE: Final = "account.erase"

permissions(Permission(ERASE, "erase a person, together with another", ADMIN))

AUDIENCES: Final = audiences(
    to_all=("account.erased",),
    to_team=(first_word("account", "erase"), taken_back("account", "erase")),
)

BY_TWO.setdefault("account", set()).add(ERASE)
separated(first_word("account", "erase"), "account.erased")
