"""The register of permissions: what each allows, and the roles that hold it.

A permission is `noun.verb`. Each package says its own, in its room `permissions.py`, of roles that
the kernel does not know; who holds what by which role is `people/identity/roles.py`'s to tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from app.kernel.vocabularies import of_words

_REGISTERED: dict[str, "Permission"] = {}

PERMISSIONS: Mapping[str, "Permission"] = MappingProxyType(_REGISTERED)
"""Every permission there is, by name; filled as packages are imported."""

PermissionName = Annotated[
    str, of_words("permission", "What a role lets somebody do.", lambda: sorted(PERMISSIONS))
]
"""The name of one of them, on the wire."""


@dataclass(frozen=True, init=False)
class Permission:
    """A permission, what it allows, and the roles that hold it."""

    name: str
    allows: str
    held_by: frozenset[StrEnum]
    everywhere: bool
    everyone: bool

    def __init__(
        self,
        name: str,
        allows: str,
        *held_by: StrEnum,
        everywhere: bool = False,
        everyone: bool = False,
    ) -> None:
        """`everywhere`: held on the network by those roles; `everyone`: by every person."""
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "allows", allows)
        object.__setattr__(self, "held_by", frozenset(held_by))
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "everyone", everyone)


def permissions(*ours: Permission) -> None:
    """Enter what a package asks for. Raises ValueError for a name that is taken."""
    for permission in ours:
        if _REGISTERED.setdefault(permission.name, permission) is not permission:
            raise ValueError(f"two packages have the permission {permission.name!r}")
