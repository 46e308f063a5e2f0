"""The start times at which most teams can come, then the worst off bears the least, then all."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import combinations_with_replacement
from typing import Final

from app.learning.sessions.exact_series import exact_series, is_installed
from app.learning.sessions.fair_series import Plan, Row, Stretch, fair_series, undominated
from app.learning.sessions.inconvenience import OFFICE_HOURS, Curve, inconvenience
from app.learning.sessions.wall_clocks import on_the_wall

CANDIDATES: Final = 5
"""Among how many times people choose in a poll, unless somebody names others."""

ABSENT: Final = 1_000
"""What it counts among the costs that a team cannot come at all: more than any hour."""

_STEPS: Final = 172_000_000
"""How many steps are taken, by the fourth power of the number of teams: so it ends in time."""

_MOST_STEPS: Final = 42_000


@dataclass(frozen=True)
class Party:
    """A team with its zone, its day, when it cannot come, and what it bears from before."""

    zone: str
    curve: Curve = OFFICE_HOURS
    busy: Sequence[tuple[datetime, datetime]] = ()
    carried: int = 0


@dataclass(frozen=True)
class Timetable:
    """When each session begins, or both of its sittings, and what each team bears in the end."""

    starts: list[tuple[datetime, ...]]
    costs: list[Row]
    """Of each session, what it costs each team; ABSENT where a team cannot come."""
    sittings: list[Row]
    """Of each session, to which of its starts each team comes."""
    burdens: Row

    @property
    def worst(self) -> int:
        return max(self.burdens)

    @property
    def total(self) -> int:
        return sum(self.burdens)

    @property
    def absences(self) -> int:
        return sum(row.count(ABSENT) for row in self.costs)

    def with_teams(self, order: Sequence[int]) -> "Timetable":
        """The same with the teams in another order."""
        costs, sittings = (
            [tuple(row[n] for n in order) for row in rows] for rows in (self.costs, self.sittings)
        )
        return Timetable(self.starts, costs, sittings, tuple(self.burdens[n] for n in order))


@dataclass(frozen=True)
class Found:
    """The times, what the worst off bears at the least, whether nothing is better, and whether that
    was asked of HiGHS; and two sittings of each session, where that lets more come or lessens what
    the worst off bears."""

    times: Timetable
    bound: int
    is_proved: bool
    by_highs: bool
    in_two_sittings: Timetable | None
    candidates: list[Timetable]
    """The best times of the first session by itself, the best first: of each hour that costs
    otherwise, the earliest start."""


Choices = dict[datetime, Row]
"""What each start would cost each team."""


def find_times(
    parties: Sequence[Party], sessions: Sequence[Sequence[datetime]], length: timedelta
) -> Found:
    """When the sessions begin, each at one of its starts.

    It does not depend on the order of the teams, or on the name of a zone. There is a team, a
    session, and a start of each.
    """
    known = defaultdict[Curve, _Known](dict)
    costs = [_costs(party, sessions, length, known[party.curve]) for party in parties]
    order = sorted(range(len(parties)), key=lambda n: (parties[n].carried, costs[n]))
    carried = tuple(parties[n].carried for n in order)
    choices = [
        dict(zip(starts, zip(*[costs[n][at] for n in order], strict=True), strict=True))
        for at, starts in enumerate(sessions)
    ]
    found = _one_sitting(choices, carried)
    two = _two_sittings(choices, carried)
    back = [order.index(n) for n in range(len(parties))]
    is_better = (two.absences, two.worst) < (found.times.absences, found.times.worst)
    return replace(
        found,
        candidates=[one.with_teams(back) for one in _best(choices[0], carried)],
        times=found.times.with_teams(back),
        in_two_sittings=two.with_teams(back) if is_better else None,
    )


_Known = dict[tuple[int, int, int], int]
"""What it costs to begin on a weekday, at an hour and a minute."""


def _costs(
    party: Party, sessions: Sequence[Sequence[datetime]], length: timedelta, known: _Known
) -> list[list[int]]:
    """What each start of each session costs the team. An hour is judged once for each weekday,
    except where the clocks change while the session goes on."""

    def cost(at: datetime) -> int:
        if any(begins < at + length and at < ends for begins, ends in party.busy):
            return ABSENT
        here = on_the_wall(at, party.zone)
        if on_the_wall(at + length, party.zone) - here != length:
            return inconvenience(at, length, party.zone, party.curve)
        hour = (here.weekday(), here.hour, here.minute)
        if hour not in known:
            known[hour] = inconvenience(at, length, party.zone, party.curve)
        return known[hour]

    return [[cost(at) for at in starts] for starts in sessions]


def _one_sitting(choices: Sequence[Choices], carried: Row) -> Found:
    best = [_best_attended(one) for one in choices]
    stretches = defaultdict[tuple[Row, ...], list[int]](list)
    for at, rows in enumerate(best):
        stretches[tuple(sorted({_borne(row) for row in rows.values()}))].append(at)
    found, by_highs = _planned(
        [Stretch(rows, len(places)) for rows, places in stretches.items()], carried
    )
    starts: dict[int, datetime] = {}
    for places, taken in zip(stretches.values(), found.counts, strict=True):
        for at, row in zip(places, _by_turns(taken), strict=True):
            starts[at] = min(one for one in best[at] if _borne(best[at][one]) == row)
    chosen = [(starts[at],) for at in range(len(choices))]
    times = _timetable(choices, chosen, carried)
    return Found(times, found.bound, found.is_optimal, by_highs, None, [])


def _planned(stretches: Sequence[Stretch], carried: Row) -> tuple[Plan, bool]:
    """The plan of a series, and whether HiGHS made it."""
    if is_installed() and (plan := exact_series(stretches, carried)):
        return plan, True
    steps = min(_MOST_STEPS, _STEPS // len(carried) ** 4)
    return fair_series(stretches, carried, steps=max(1, steps)), False


def _best(choices: Choices, carried: Row) -> list[Timetable]:
    """The best starts of one session, each by itself."""
    earliest = {row: at for at, row in sorted(choices.items(), reverse=True)}
    each = [_timetable([choices], [(at,)], carried) for at in earliest.values()]
    each.sort(key=lambda one: (one.absences, one.worst, one.total, one.starts))
    return each[:CANDIDATES]


def _timetable(
    choices: Sequence[Choices], chosen: list[tuple[datetime, ...]], carried: Row
) -> Timetable:
    """What it comes to, each team in the sitting that is cheaper for it."""
    each = [
        list(zip(*[one[at] for at in starts], strict=True))
        for one, starts in zip(choices, chosen, strict=True)
    ]
    costs = [tuple(map(min, of_teams)) for of_teams in each]
    sittings = [tuple(of_team.index(min(of_team)) for of_team in of_teams) for of_teams in each]
    burdens = tuple(map(sum, zip(carried, *map(_borne, costs), strict=True)))
    return Timetable(chosen, costs, sittings, burdens)


def _best_attended(choices: Choices) -> Choices:
    fewest = min(row.count(ABSENT) for row in choices.values())
    return {at: row for at, row in choices.items() if row.count(ABSENT) == fewest}


def _borne(row: Row) -> Row:
    """Who does not come bears nothing."""
    return tuple(0 if cost == ABSENT else cost for cost in row)


def _by_turns(taken: dict[Row, int]) -> list[Row]:
    """The rows as often as they are taken, spread over the series."""
    places = [
        ((number + 0.5) / often, row) for row, often in taken.items() for number in range(often)
    ]
    return [row for _, row in sorted(places)]


def _two_sittings(choices: Sequence[Choices], carried: Row) -> Timetable:
    """Of each session the two sittings that are best for it by itself."""
    known: dict[frozenset[Row], tuple[Row, Row]] = {}
    chosen: list[tuple[datetime, ...]] = []
    for one in choices:
        rows = frozenset(one.values())
        if rows not in known:
            pairs = combinations_with_replacement(undominated(list(rows)), 2)
            known[rows] = min(pairs, key=_of_both)
        chosen.append(tuple(sorted({_first(one, row) for row in known[rows]})))
    return _timetable(choices, chosen, carried)


def _of_both(pair: tuple[Row, Row]) -> tuple[int, int, int, tuple[Row, Row]]:
    """How good two sittings are: who cannot come, the worst off, all together."""
    both = tuple(map(min, *pair))
    return both.count(ABSENT), max(_borne(both)), sum(_borne(both)), pair


def _first(choices: Choices, row: Row) -> datetime:
    return min(at for at, costs in choices.items() if costs == row)
