"""Which hours a series takes so that whoever they fall on worst bears the least, and then all
together: exactly, as far as the number of steps reaches, with a bound where it does not.

Each way to meet is a row of costs, one for each team. A series of `number` sessions chooses a row
for each; which of them comes when does not matter. A row that is nowhere better than another is
never needed. Weights of the teams, found by raising those on whom the cheapest row falls, give a
bound below which nobody can keep the worst burden; the search goes upward from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp
from typing import Final

Row = tuple[int, ...]

STEPS: Final = 60_000
"""How many choices are looked at for one worst burden before the next is tried."""

_GOALS: Final = 8
_ROUNDS: Final = 4_000
_SCALE: Final = 10**6


@dataclass(frozen=True)
class Plan:
    """How often each row is taken, what the worst off bears in the end, and all together.

    `bound` is what the worst off bears at the least, whatever is planned; `is_optimal` says that
    nothing better can be planned.
    """

    counts: dict[Row, int]
    worst: int
    total: int
    bound: int
    is_optimal: bool


def fair_series(
    rows: Sequence[Row], number: int, carried: Row | None = None, *, steps: int = STEPS
) -> Plan:
    """The plan of a series. `carried` is what each team bears from sessions that were held before.

    The same rows in any order, and teams in any order, give a plan of the same worst and total.
    Raises ValueError without a row, or without a session.
    """
    if not rows or number < 1:
        raise ValueError("a series has a session, and an hour for it")
    before = carried or (0,) * len(rows[0])
    useful = undominated(rows)
    weights = _weights(useful, number, before)
    bound = _least_worst(useful, number, before, weights)
    goal, unfinished = bound, 0
    while unfinished < _GOALS:
        search = _Search(useful, number, before, weights, goal, steps)
        is_proved = search.is_finished and not unfinished
        if search.best is not None:
            return _plan(useful, before, search.best, bound, is_optimal=is_proved)
        goal += 1
        bound, unfinished = (goal, 0) if is_proved else (bound, unfinished + 1)
    return _plan(useful, before, _one_by_one(useful, number, before), bound, is_optimal=False)


def undominated(rows: Sequence[Row]) -> list[Row]:
    """The rows that are better than each other row for somebody, in an order of their own."""
    different = sorted(set(rows))
    return [row for row in different if not any(_is_better(one, row) for one in different)]


def _is_better(one: Row, other: Row) -> bool:
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def _weights(rows: Sequence[Row], number: int, before: Row) -> Row:
    """How much the burden of each team counts in the bound, in whole numbers."""
    largest = max(1, max(before) + number * max(map(max, rows)))
    raised = [0.0] * len(before)
    best, found = -1.0, raised
    for step in range(1, _ROUNDS + 1):
        top = max(raised)
        parts = [exp(one - top) for one in raised]
        weights = [part / sum(parts) for part in parts]
        cheapest = min(rows, key=lambda row: (_product(weights, row), row))
        burdens = [b + number * c for b, c in zip(before, cheapest, strict=True)]
        value = _product(weights, burdens)
        if value > best:
            best, found = value, weights
        rate = 2 / (largest * step**0.5)
        raised = [one + rate * burden for one, burden in zip(raised, burdens, strict=True)]
    return tuple(round(weight * _SCALE) for weight in found)


def _product(weights: Sequence[float], row: Sequence[int]) -> float:
    return sum(weight * cost for weight, cost in zip(weights, row, strict=True))


def _weighed(weights: Row, row: Row) -> int:
    return sum(weight * cost for weight, cost in zip(weights, row, strict=True))


def _least_worst(rows: Sequence[Row], number: int, before: Row, weights: Row) -> int:
    """Below this nobody can keep the worst burden: the mean of the burdens, as they are weighed."""
    least = _weighed(weights, before) + number * min(_weighed(weights, row) for row in rows)
    return max(ceil(Fraction(least, sum(weights))), *before)


class _Search:
    """The plan of least total of those in which nobody bears more than `goal`.

    `best` is how often it takes each row, None where none was found; where the search did not
    finish within its steps, there may be a better one.
    """

    def __init__(
        self, rows: Sequence[Row], number: int, before: Row, weights: Row, goal: int, steps: int
    ) -> None:
        by_weight = sorted(range(len(rows)), key=lambda n: _weighed(weights, rows[n]), reverse=True)
        self._order = by_weight
        self._rows = [rows[n] for n in by_weight]
        self._weighed = [_weighed(weights, row) for row in self._rows]
        self._totals = [sum(row) for row in self._rows]
        ends = range(len(rows))
        self._least_weighed = [min(self._weighed[n:]) for n in ends]
        self._least_total = [min(self._totals[n:]) for n in ends]
        self._least = [tuple(map(min, zip(*self._rows[n:], strict=True))) for n in ends]
        self._goal, self._heaviest = goal, goal * sum(weights)
        self._lowest: int | None = None
        self._left = steps
        self.best: list[int] | None = None
        self._choose([], number, before, sum(before), _weighed(weights, before))

    @property
    def is_finished(self) -> bool:
        return self._left > 0

    def _choose(self, taken: list[int], number: int, burdens: Row, total: int, weight: int) -> None:
        """Take each row from here on so often as can still be good."""
        self._left -= 1
        place = len(taken)
        if not self.is_finished or self._is_hopeless(place, number, burdens, total, weight):
            return
        if number == 0 or place == len(self._rows):
            if number == 0:
                self._keep(taken, total)
            return
        row = self._rows[place]
        is_last = place == len(self._rows) - 1
        for often in range(number if is_last else 0, number + 1):
            self._choose(
                [*taken, often],
                number - often,
                tuple(b + often * c for b, c in zip(burdens, row, strict=True)),
                total + often * self._totals[place],
                weight + often * self._weighed[place],
            )

    def _is_hopeless(self, place: int, number: int, burdens: Row, total: int, weight: int) -> bool:
        if number and place < len(self._rows):
            total += number * self._least_total[place]
            weight += number * self._least_weighed[place]
            least = self._least[place]
            burdens = tuple(b + number * c for b, c in zip(burdens, least, strict=True))
        is_dearer = self._lowest is not None and total >= self._lowest
        return is_dearer or weight > self._heaviest or max(burdens) > self._goal

    def _keep(self, taken: list[int], total: int) -> None:
        self._lowest = total
        often = dict(zip(self._order, taken, strict=False))
        self.best = [often.get(n, 0) for n in range(len(self._order))]


def _one_by_one(rows: Sequence[Row], number: int, before: Row) -> list[int]:
    """A plan that gives each session the row after which the worst off bears the least."""
    burdens, counts = before, [0] * len(rows)
    for _ in range(number):
        after = [tuple(a + b for a, b in zip(burdens, row, strict=True)) for row in rows]
        chosen = min(range(len(rows)), key=lambda n: (max(after[n]), sum(after[n]), rows[n]))
        counts[chosen] += 1
        burdens = after[chosen]
    return counts


def _plan(
    rows: Sequence[Row], before: Row, counts: Sequence[int], bound: int, *, is_optimal: bool
) -> Plan:
    taken = {row: often for row, often in zip(rows, counts, strict=True) if often}
    borne = [
        b + sum(often * row[team] for row, often in taken.items()) for team, b in enumerate(before)
    ]
    worst = max(borne)
    return Plan(taken, worst, sum(borne), min(bound, worst), is_optimal)
