"""How far a mean or a median could lie from where it was found: without a random number.

    mean:      m +- t(n - 1) s / sqrt(n), from n = 3
    median:    r-th smallest to r-th largest, which hold it with 1 - 2 sum_{i<r} C(n, i) / 2^n
    bootstrap: the percentiles of the mean of n drawn with replacement, all n^n draws counted

Of a median the confidence is the one that was reached, not the one that was asked for: up to eight
values it is the range of all. Bootstrap: Efron; order statistics: Conover.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction
from itertools import accumulate
from math import comb, lcm
from typing import Final

from app.learning.trust.rounding import EXACT, Number, as_decimal, mean, root, variance
from app.learning.trust.students_t import quantile

CONFIDENCE: Final = Fraction(95, 100)
LEAST_FOR_T: Final = 3
MOST_FOR_BOOTSTRAP: Final = 10
"""Beyond it the draws are too many to be counted."""


@dataclass(frozen=True)
class Interval:
    low: Number
    high: Number
    method: str
    confidence: Fraction


def t_interval(
    values: Sequence[Fraction], confidence: Fraction = CONFIDENCE, *, within_unit: bool = True
) -> Interval | None:
    """Of the mean; None of fewer than three. A score lies within 0 and 1, a change does not."""
    spread = variance(values)
    if len(values) < LEAST_FOR_T or spread is None:
        return None
    with localcontext(EXACT):
        middle = as_decimal(mean(values))
        around = quantile(confidence, len(values) - 1) * root(spread / len(values))
        low, high = Fraction(middle - around), Fraction(middle + around)
    if within_unit:
        low, high = max(low, Fraction(0)), min(high, Fraction(1))
    return Interval(low, high, "t", confidence)


def ranks(number: int, confidence: Fraction = CONFIDENCE) -> tuple[int, int, Fraction]:
    """The narrowest ranks that hold the median with that confidence, and what they reach.

    Where none do, the smallest and the largest.
    """
    found = (1, number, _held(1, number))
    for rank in range(2, (number + 1) // 2 + 1):
        if (reached := _held(rank, number)) < confidence:
            break
        found = (rank, number + 1 - rank, reached)
    return found


def _held(rank: int, number: int) -> Fraction:
    return 1 - Fraction(2 * sum(comb(number, below) for below in range(rank)), 2**number)


def median_interval(
    values: Sequence[Fraction], confidence: Fraction = CONFIDENCE
) -> Interval | None:
    """Of the median; None of fewer than two. In it two of the values are told as they are."""
    if len(values) < 2:
        return None
    low, high, reached = ranks(len(values), confidence)
    given = sorted(values)
    return Interval(given[low - 1], given[high - 1], "order_statistics", reached)


def bootstrap(values: Sequence[Fraction], confidence: Fraction = CONFIDENCE) -> Interval | None:
    """The exact percentile bootstrap of the mean; None of none, or of more than ten."""
    number = len(values)
    if not 0 < number <= MOST_FOR_BOOTSTRAP:
        return None
    whole, scale = scaled(values)
    sums: dict[int, int] = {0: 1}
    for _ in range(number):
        grown: dict[int, int] = defaultdict(int)
        for total, ways in sums.items():
            for value, times in Counter(whole).items():
                grown[total + value] += ways * times
        sums = grown
    tail = (1 - confidence) / 2
    low, high = (_percentile(sums, part) for part in (tail, 1 - tail))
    return Interval(
        Fraction(low, scale * number), Fraction(high, scale * number), "bootstrap", confidence
    )


def scaled(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """The same as whole numbers, and what they were multiplied with."""
    scale = lcm(*(value.denominator for value in values))
    return [int(value * scale) for value in values], scale


def _percentile(ways: dict[int, int], part: Fraction) -> int:
    """The smallest sum up to which so large a part of all ways leads."""
    ordered = sorted(ways)
    wanted = part * sum(ways.values())
    reached = accumulate(ways[total] for total in ordered)
    return next(total for total, so_far in zip(ordered, reached, strict=True) if so_far >= wanted)
