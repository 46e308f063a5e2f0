"""The register of audiences: who may read that a thing was done, verb by verb.

Moves say theirs in their table, each package those of its other verbs in its room
`permissions.py`. What nobody has said an audience of cannot be recorded.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from app.kernel.vocabularies import of_words

_REGISTERED: dict[str, "Audience"] = {}

AUDIENCES: Mapping[str, "Audience"] = MappingProxyType(_REGISTERED)
"""The audience of every verb there is; filled as packages are imported."""

VerbName = Annotated[
    str, of_words("activity_verb", "What was done to something.", lambda: sorted(AUDIENCES))
]
"""One of these verbs, on the wire."""


class Audience(StrEnum):
    """Who reads of it, of those who may read the thing; each includes those after it."""

    ALL = "all"
    PARTIES = "parties"
    TEAM = "team"


class UndeclaredVerb(LookupError):
    """Something is recorded of which nobody has said who may read it."""


def audiences(
    *,
    to_all: Iterable[str] = (),
    to_parties: Iterable[str] = (),
    to_team: Iterable[str] = (),
) -> Mapping[str, Audience]:
    """Enter the audiences of a package's verbs that are no moves, past tense: `report.edited`.

    Raises ValueError for a verb that is said to have two.
    """
    said = dict.fromkeys(to_all, Audience.ALL)
    for audience, verbs in ((Audience.PARTIES, to_parties), (Audience.TEAM, to_team)):
        for verb in verbs:
            if said.setdefault(verb, audience) is not audience:
                raise ValueError(f"{verb!r} has two audiences")
    return enter(said)


def enter(said: Mapping[str, Audience]) -> Mapping[str, Audience]:
    """Enter these, and return them. Raises ValueError for a verb that has another."""
    for verb, audience in said.items():
        if _REGISTERED.setdefault(verb, audience) is not audience:
            raise ValueError(f"{verb!r} has two audiences")
    return said


def told_to(*wanted: Audience) -> list[str]:
    """The verbs that have one of these audiences."""
    return sorted(verb for verb, audience in AUDIENCES.items() if audience in wanted)
