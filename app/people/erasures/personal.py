"""The register of what is known of a person as a person, and goes when the person is erased.

A package says of its own tables what in them is somebody's name, address or words to them. Who did
what stays, by the account's id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement

NAME: Final = "Erased person"
"""What stands where the name stood."""


@dataclass(frozen=True)
class Person:
    """Who is erased: every account and address of theirs, and when."""

    account_ids: Sequence[UUID]
    addresses: Sequence[str]
    at: datetime


@dataclass(frozen=True)
class Personal:
    """Rows of a table that are about a person: they go, or where `emptied` says what is set, that
    alone does."""

    name: str
    table: Any
    theirs: Callable[[Person], ColumnElement[bool]]
    emptied: Callable[[Person], Mapping[str, Any]] | None = None


PERSONAL: Final[list[Personal]] = []


def forgets(*ours: Personal) -> None:
    """Enter what a package forgets of a person, in the order in which it does.

    Raises ValueError for a name that is taken.
    """
    for one in ours:
        if any(known.name == one.name for known in PERSONAL):
            raise ValueError(f"two things are forgotten under the name {one.name!r}")
        PERSONAL.append(one)
