"""The register of chapters: what each package plays in the demonstration, through its own verbs.

A package says its part in its room `chapter.py`. A chapter names those that it comes after or
before, of its own package or of one below, never of one above.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Any

Play = Callable[[Any], Awaitable[None]]
"""`async (stage) -> None`: acts out what the script of an act holds for it, if anything."""

_REGISTERED: dict[str, "Chapter"] = {}

CHAPTERS: Mapping[str, "Chapter"] = MappingProxyType(_REGISTERED)
"""Every chapter there is, by its name; filled as packages are imported."""


@dataclass(frozen=True)
class Chapter:
    """One part of the demonstration, and what it lies between."""

    name: str
    play: Play
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()


def chapter(
    name: str, *, after: Iterable[str] = (), before: Iterable[str] = ()
) -> Callable[[Play], Play]:
    """Register what is played under a name. Raises ValueError for a name that is taken."""

    def register(play: Play) -> Play:
        if name in _REGISTERED:
            raise ValueError(f"two chapters are named {name!r}")
        _REGISTERED[name] = Chapter(name, play, tuple(after), tuple(before))
        return play

    return register


def in_order(chapters: Iterable[Chapter]) -> list[Chapter]:
    """The chapters, each after what it needs.

    Raises ValueError where one names a chapter that is not there, or two wait for each other.
    """
    known = {one.name: one for one in chapters}
    needs = TopologicalSorter[str](dict.fromkeys(known, ()))
    for one in known.values():
        for other in (*one.after, *one.before):
            if other not in known:
                raise ValueError(f"{one.name!r} names a chapter {other!r} that is not there")
        needs.add(one.name, *one.after)
        for other in one.before:
            needs.add(other, one.name)
    return [known[name] for name in needs.static_order()]
