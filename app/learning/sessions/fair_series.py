"""Which hours a series takes so that whoever they fall on worst bears the least, and then all
together: exactly, as far as the number of steps reaches, with a bound where it does not.

Each way to meet is a row of costs, one for each team. Sessions that have the same rows to choose
from are one stretch, in which it does not matter which row comes when; where the clocks change,
another begins. A row that is nowhere better than another of its stretch is never needed. Weights of
the teams, found by raising those on whom the cheapest row falls, give a bound below which nobody
can keep the worst burden; the search goes upward from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp
from typing import Final, NamedTuple

Row = tuple[int, ...]

STEPS: Final = 60_000
"""How many choices are looked at for one worst burden before the next is tried."""

_GOALS: Final = 8
_ROUNDS: Final = 4_000
_PRODUCTS: Final = 1_000_000
"""How many costs are weighed in all rounds together."""
_SCALE: Final = 10**6


@dataclass(frozen=True)
class Stretch:
    """So many sessions, each of which takes one of these rows."""

    rows: Sequence[Row]
    number: int


@dataclass(frozen=True)
class Plan:
    """How often each row is taken in each stretch, what the worst off bears in the end, and all
    together.

    `bound` is what the worst off bears at the least, whatever is planned; `is_optimal` says that
    nothing better can be planned.
    """

    counts: list[dict[Row, int]]
    worst: int
    total: int
    bound: int
    is_optimal: bool


def fair_series(
    stretches: Sequence[Stretch], carried: Row | None = None, *, steps: int = STEPS
) -> Plan:
    """The plan of a series. `carried` is what each team bears from sessions that were held before.

    The same rows in any order, and teams in any order, give a plan of the same worst and total.
    Raises ValueError without a row, or without a session.
    """
    if not stretches or any(not one.rows or one.number < 1 for one in stretches):
        raise ValueError("a series has a session, and an hour for it")
    before = carried or (0,) * len(stretches[0].rows[0])
    useful = [Stretch(undominated(one.rows), one.number) for one in stretches]
    weights = _weights(useful, before)
    bound = _least_worst(useful, before, weights)
    goal, unfinished = bound, 0
    while unfinished < _GOALS:
        search = _Search(useful, before, weights, goal, steps)
        is_proved = search.is_finished and not unfinished
        if search.best is not None:
            return plan_of(before, search.best, bound, is_optimal=is_proved)
        goal += 1
        bound, unfinished = (goal, 0) if is_proved else (bound, unfinished + 1)
    return plan_of(before, _one_by_one(useful, before), bound, is_optimal=False)


def undominated(rows: Sequence[Row]) -> list[Row]:
    """The rows that are better than each other row for somebody, in an order of their own."""
    kept: list[Row] = []
    for row in sorted(set(rows), key=lambda row: (sum(row), row)):
        if not any(_is_better(one, row) for one in kept):
            kept.append(row)
    return sorted(kept)


def _is_better(one: Row, other: Row) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _weights(stretches: Sequence[Stretch], before: Row) -> Row:
    """How much the burden of each team counts in the bound, in whole numbers."""
    dearest = sum(one.number * max(map(max, one.rows)) for one in stretches)
    largest = max(1, max(before) + dearest)
    raised = [0.0] * len(before)
    best, found = -1.0, raised
    costs = len(before) * sum(len(one.rows) for one in stretches)
    for step in range(1, max(1, min(_ROUNDS, _PRODUCTS // costs)) + 1):
        top = max(raised)
        parts = [exp(one - top) for one in raised]
        weights = [part / sum(parts) for part in parts]
        burdens = before
        for one in stretches:
            cheapest = min(one.rows, key=lambda row: (_product(weights, row), row))
            burdens = _after(burdens, cheapest, one.number)
        value = _product(weights, burdens)
        if value > best:
            best, found = value, weights
        rate = 2 / (largest * step**0.5)
        raised = [one + rate * burden for one, burden in zip(raised, burdens, strict=True)]
    return tuple(round(weight * _SCALE) for weight in found)


def _after(burdens: Row, row: Row, often: int) -> Row:
    """What each team bears when a row has been taken so often."""
    return tuple(b + often * c for b, c in zip(burdens, row, strict=True))


def _product(weights: Sequence[float], row: Sequence[int]) -> float:
    return sum(weight * cost for weight, cost in zip(weights, row, strict=True))


def _weighed(weights: Row, row: Row) -> int:
    return sum(weight * cost for weight, cost in zip(weights, row, strict=True))


def _least_worst(stretches: Sequence[Stretch], before: Row, weights: Row) -> int:
    """Below this nobody can keep the worst burden: the mean of the burdens, as they are weighed."""
    least = _weighed(weights, before) + sum(
        one.number * min(_weighed(weights, row) for row in one.rows) for one in stretches
    )
    return max(ceil(Fraction(least, sum(weights))), *before)


class _Rest(NamedTuple):
    """What is borne at the least: of each team, of all together, and as it is weighed."""

    burdens: Row
    total: int
    weight: int

    @classmethod
    def of(cls, rows: Sequence[Row], weights: Row) -> "_Rest":
        """Of one session that takes one of these rows."""
        burdens = tuple(map(min, zip(*rows, strict=True)))
        return cls(burdens, min(map(sum, rows)), min(_weighed(weights, row) for row in rows))

    def and_of(self, other: "_Rest", often: int) -> "_Rest":
        """With as many sessions of another kind."""
        return _Rest(
            _after(self.burdens, other.burdens, often),
            self.total + often * other.total,
            self.weight + often * other.weight,
        )


class _Search:
    """The plan of least total of those in which nobody bears more than `goal`.

    `best` is how often it takes each row of each stretch, None where none was found; where the
    search did not finish within its steps, there may be a better one.
    """

    def __init__(
        self, stretches: Sequence[Stretch], before: Row, weights: Row, goal: int, steps: int
    ) -> None:
        self._numbers = [one.number for one in stretches]
        self._rows = [
            sorted(one.rows, key=lambda row: _weighed(weights, row), reverse=True)
            for one in stretches
        ]
        self._least = [
            [_Rest.of(rows[place:], weights) for place in range(len(rows))] for rows in self._rows
        ]
        nothing = _Rest((0,) * len(before), 0, 0)
        self._later = [nothing]
        for least, number in zip(self._least[:0:-1], self._numbers[:0:-1], strict=True):
            self._later.insert(0, self._later[0].and_of(least[0], number))
        self._weights, self._goal, self._heaviest = weights, goal, goal * sum(weights)
        self._lowest: int | None = None
        self._left = steps
        self.best: list[dict[Row, int]] | None = None
        borne = _Rest(before, sum(before), _weighed(weights, before))
        self._choose([{}], self._numbers[0], 0, borne)

    @property
    def is_finished(self) -> bool:
        return self._left > 0

    def _choose(self, taken: list[dict[Row, int]], number: int, place: int, borne: _Rest) -> None:
        """Take each row from this place on so often as can still be good."""
        self._left -= 1
        at = len(taken) - 1
        if not self.is_finished or self._is_hopeless(at, number, place, borne):
            return
        if number == 0:
            self._go_on(taken, borne)
            return
        row = self._rows[at][place]
        one = self._least_of(row)
        is_last = place == len(self._rows[at]) - 1
        for often in range(number if is_last else 0, number + 1):
            counted = taken[-1] | {row: often} if often else taken[-1]
            self._choose(
                [*taken[:-1], counted], number - often, place + 1, borne.and_of(one, often)
            )

    def _least_of(self, row: Row) -> _Rest:
        return _Rest(row, sum(row), _weighed(self._weights, row))

    def _go_on(self, taken: list[dict[Row, int]], borne: _Rest) -> None:
        """To the next stretch; after the last, keep what was chosen."""
        if len(taken) < len(self._numbers):
            self._choose([*taken, {}], self._numbers[len(taken)], 0, borne)
        else:
            self._lowest, self.best = borne.total, taken

    def _is_hopeless(self, at: int, number: int, place: int, borne: _Rest) -> bool:
        least = borne.and_of(self._later[at], 1)
        if number:
            least = least.and_of(self._least[at][place], number)
        is_dearer = self._lowest is not None and least.total >= self._lowest
        return is_dearer or least.weight > self._heaviest or max(least.burdens) > self._goal


def _one_by_one(stretches: Sequence[Stretch], before: Row) -> list[dict[Row, int]]:
    """A plan that gives each session the row after which the worst off bears the least."""
    burdens, counts = before, [dict[Row, int]() for _ in stretches]
    for one, taken in zip(stretches, counts, strict=True):
        for _ in range(one.number):
            after = {row: _after(burdens, row, 1) for row in one.rows}
            chosen = min(after, key=lambda row: (max(after[row]), sum(after[row]), row))
            taken[chosen] = taken.get(chosen, 0) + 1
            burdens = after[chosen]
    return counts


def plan_of(before: Row, counts: list[dict[Row, int]], bound: int, *, is_optimal: bool) -> Plan:
    """What it comes to when each row is taken so often."""
    burdens = before
    for taken in counts:
        for row, often in taken.items():
            burdens = _after(burdens, row, often)
    worst = max(burdens)
    return Plan(counts, worst, sum(burdens), min(bound, worst), is_optimal)
