"""The question of `fair_series`, asked of HiGHS where that is installed: an integer program over
how often each row is taken. First the least worst burden, then the least total under it.

HiGHS reckons in floating point, so what it says is looked at: how often a row is taken is rounded,
what is borne is added up anew in whole numbers, and a plan is the best only where it comes down to
a bound.
"""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from math import ceil, inf
from typing import Any, Final

from app.learning.sessions.fair_series import Plan, Row, Stretch, plan_of, undominated

SECONDS: Final = 1.0
"""How long each of the two questions may take."""

Counts = list[dict[Row, int]]
"""How often each row of each stretch is taken."""

_NEARLY: Final = 1e-6
_LESS_THAN_ONE: Final = 0.5


@cache
def is_installed() -> bool:
    """Whether the service was installed with the extra `exact`."""
    return find_spec("highspy") is not None


def exact_series(
    stretches: Sequence[Stretch], carried: Row, *, seconds: float = SECONDS
) -> Plan | None:
    """The plan of a series, or the best that was found in time with its bound; None where none was.

    There is a session and a row for it, and HiGHS is installed.
    """
    useful = [Stretch(undominated(one.rows), one.number) for one in stretches]
    counts, bound = _Program(useful, carried).least_worst(seconds)
    if counts is None:
        return None
    bound = max(bound, *carried)
    first = plan_of(carried, counts, bound, is_optimal=False)
    counts, least = _Program(useful, carried).least_total(first.worst, seconds)
    if counts is None:
        return first
    second = plan_of(carried, counts, bound, is_optimal=False)
    if (second.worst, second.total) > (first.worst, first.total):
        return first
    is_optimal = second.worst <= bound and second.total <= least
    return plan_of(carried, counts, bound, is_optimal=is_optimal)


class _Program:
    """How often each row of each stretch is taken, as columns; that a stretch takes as many as it
    has sessions, and what each team bears, as rows."""

    def __init__(self, stretches: Sequence[Stretch], carried: Row) -> None:
        highspy = import_module("highspy")
        # The public class writes its version to standard output, whatever it is told.
        self._solver: Any = highspy._Highs()  # noqa: SLF001
        self._integer: Any = highspy.HighsVarType.kInteger
        self._stretches, self._carried = stretches, carried
        self._places = [(at, row) for at, one in enumerate(stretches) for row in one.rows]

    def least_worst(self, seconds: float) -> tuple[Counts | None, int]:
        """A plan of which the worst off bears as little as was found, and how little at least."""
        worst = len(self._places)
        self._begin(seconds)
        self._solver.addVar(0, inf)
        self._solver.changeColCost(worst, 1)
        for team, before in enumerate(self._carried):
            self._bears(team, -before, (worst, -1.0))
        return self._run()

    def least_total(self, worst: int, seconds: float) -> tuple[Counts | None, int]:
        """A plan in which nobody bears more than `worst`, and what all bear together at least."""
        self._begin(seconds)
        for column, (_, row) in enumerate(self._places):
            self._solver.changeColCost(column, sum(row))
        for team, before in enumerate(self._carried):
            self._bears(team, worst - before)
        counts, least = self._run()
        return counts, least + sum(self._carried)

    def _begin(self, seconds: float) -> None:
        options = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": _LESS_THAN_ONE,
            "time_limit": seconds,
        }
        for name, value in options.items():
            self._solver.setOptionValue(name, value)
        for column, (at, _) in enumerate(self._places):
            self._solver.addVar(0, self._stretches[at].number)
            self._solver.changeColIntegrality(column, self._integer)
        for at, one in enumerate(self._stretches):
            columns = [column for column, place in enumerate(self._places) if place[0] == at]
            each = [1.0] * len(columns)
            self._solver.addRow(one.number, one.number, len(columns), columns, each)

    def _bears(self, team: int, most: int, *more: tuple[int, float]) -> None:
        """That a team bears no more."""
        terms = [(column, float(row[team])) for column, (_, row) in enumerate(self._places)]
        columns, costs = zip(*terms, *more, strict=True)
        self._solver.addRow(-inf, most, len(columns), list(columns), list(costs))

    def _run(self) -> tuple[Counts | None, int]:
        self._solver.run()
        dual: float = self._solver.getInfo().mip_dual_bound
        bound = ceil(dual - _NEARLY) if dual > -inf else 0
        found: list[float] = list(self._solver.getSolution().col_value)
        counts: Counts = [{} for _ in self._stretches]
        for (at, row), often in zip(self._places, map(round, found), strict=False):
            if often > 0:
                counts[at][row] = often
        is_whole = all(
            sum(taken.values()) == one.number
            for taken, one in zip(counts, self._stretches, strict=True)
        )
        return (counts if is_whole else None), bound
