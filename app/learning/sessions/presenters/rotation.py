"""Who presents next: whoever has presented least, and of those whoever has waited longest."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

Member = TypeVar("Member", bound=Hashable)


def rotated(
    members: Sequence[Member],
    presented: Sequence[Member],
    sessions: int,
    away: Mapping[int, Collection[Member]] = MappingProxyType({}),
) -> list[Member]:
    """Who presents in each of so many sessions to come, after those who `presented`, the earliest
    first. `members` stand in the order in which they joined; of none, nobody presents.

    Of those who were there from the beginning nobody presents twice more than another; and nobody
    presents twice in a row where there are others.
    """
    times: dict[Member, int] = dict.fromkeys(members, 0)
    last: dict[Member, int] = dict.fromkeys(members, -1)
    for place, one in enumerate(presented):
        if one in times:
            times[one], last[one] = times[one] + 1, place
    found: list[Member] = []
    before = presented[-1] if presented else None
    for place in range(len(presented), len(presented) + sessions):
        absent = away.get(place - len(presented), ())
        here = [one for one in members if one not in absent] or members
        one = _next(here, times, last, before)
        if one is None:
            return []
        found.append(one)
        times[one], last[one], before = times[one] + 1, place, one
    return found


def _next(
    members: Sequence[Member],
    times: Mapping[Member, int],
    last: Mapping[Member, int],
    before: Member | None,
) -> Member | None:
    others = [one for one in members if one != before] or members
    return min(others, key=lambda one: (times[one], last[one], members.index(one)), default=None)
