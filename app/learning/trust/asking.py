"""Who is asked about whom in a round, and how little may be told apart of who answers."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Member = TypeVar("Member", bound=Hashable)
Trait = TypeVar("Trait", bound=Hashable)


def others_of(
    members: Sequence[Member], own: Member, turn: int, each: int | None
) -> tuple[Member, ...]:
    """About which other members somebody is asked: all, or so many by turns, so that the people of
    a member, whose turns are counted from 0, are asked about each as often as about another.
    """
    at = members.index(own)
    others = (*members[at + 1 :], *members[:at])
    if each is None or each >= len(others):
        return others
    begin = turn * each
    return tuple(others[(begin + step) % len(others)] for step in range(each))


def told_apart(traits: Iterable[Trait], least: int) -> frozenset[Trait]:
    """The traits that so many have in common that who has them is not found by them."""
    return frozenset(trait for trait, people in Counter(traits).items() if people >= least)
