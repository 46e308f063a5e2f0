"""How far those who rated the same things agree.

    alpha = 1 - (N - 1) sum o_ab d2_ab / sum n_a n_b d2_ab   (Krippendorff 2011)

A unit is one question about one subject; of a unit that fewer than two rated nothing can be said.
Of no pairs, and of ratings that are all alike, alpha is not defined: None, with the reason, and
neither 0 nor 1. Distances: nominal 0 or 1; interval (a - b)^2; ratio ((a - b) / (a + b))^2; ordinal
the square of how many ratings lie between.

    kappa = (P - P_e) / (1 - P_e)   (Fleiss 1971), where each unit has as many ratings
    ICC(1), (2), (3), of one rater and of their mean, from the mean squares (Shrout and Fleiss 1979)
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Final

from app.learning.trust.rounding import mean

RELIABLE: Final = Fraction(800, 1000)
TENTATIVE: Final = Fraction(667, 1000)
FEW_UNITS: Final = 10

Unit = Sequence[int | None]
"""What each rater said of it; None where one said nothing."""


class Metric(StrEnum):
    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


class Undefined(StrEnum):
    TOO_FEW_PAIRS = "too_few_pairs"
    NO_VARIATION = "no_variation"


class Band(StrEnum):
    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    NO_CONCLUSION = "no_conclusion"


@dataclass(frozen=True)
class Alpha:
    value: Fraction | None
    reason: Undefined | None
    units: int
    """How many were rated twice or more."""

    @property
    def band(self) -> Band | None:
        if self.value is None:
            return None
        if self.value >= RELIABLE:
            return Band.RELIABLE
        return Band.TENTATIVE if self.value >= TENTATIVE else Band.NO_CONCLUSION

    @property
    def has_few_units(self) -> bool:
        return self.units < FEW_UNITS


def alpha(units: Sequence[Unit], metric: Metric = Metric.ORDINAL) -> Alpha:
    """Krippendorff's alpha, exactly. The order of raters and of units does not matter."""
    rated = [[value for value in unit if value is not None] for unit in units]
    pairable = [unit for unit in rated if len(unit) >= 2]
    if not pairable:
        return Alpha(None, Undefined.TOO_FEW_PAIRS, 0)
    together = _coincidences(pairable)
    times: dict[int, Fraction] = defaultdict(Fraction)
    for (one, _), weight in together.items():
        times[one] += weight
    apart = {
        (one, other): _distance(metric, one, other, times)
        for one, other in product(times, repeat=2)
    }
    expected = sum(times[a] * times[b] * far for (a, b), far in apart.items())
    if not expected:
        return Alpha(None, Undefined.NO_VARIATION, len(pairable))
    observed = sum(weight * apart[pair] for pair, weight in together.items())
    value = 1 - (sum(times.values()) - 1) * Fraction(observed) / expected
    return Alpha(value, None, len(pairable))


def _coincidences(units: Sequence[Sequence[int]]) -> dict[tuple[int, int], Fraction]:
    """How often each value stands beside each other one in a unit, by pairs of raters."""
    together: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for unit in units:
        counted = Counter(unit)
        for one, other in product(counted, repeat=2):
            pairs = counted[one] * (counted[other] - (one == other))
            together[one, other] += Fraction(pairs, len(unit) - 1)
    return together


def _distance(metric: Metric, one: int, other: int, times: Mapping[int, Fraction]) -> Fraction:
    match metric:
        case Metric.NOMINAL:
            return Fraction(one != other)
        case Metric.INTERVAL:
            return Fraction(one - other) ** 2
        case Metric.RATIO:
            return Fraction(one - other, one + other) ** 2 if one + other else Fraction(0)
        case Metric.ORDINAL:
            low, high = sorted((one, other))
            between = sum(times[value] for value in times if low <= value <= high)
            return (between - (times[one] + times[other]) / 2) ** 2


def fleiss_kappa(units: Sequence[Mapping[int, int]]) -> Fraction | None:
    """Of how many chose each category, in each unit; None where chance would always agree.

    Raises ValueError where units have different numbers of ratings, or fewer than two.
    """
    number = {sum(unit.values()) for unit in units}
    if len(number) != 1 or min(number) < 2:
        raise ValueError("each unit has as many ratings, and two at least")
    raters = number.pop()
    agreed = mean(
        Fraction(sum(times * (times - 1) for times in unit.values()), raters * (raters - 1))
        for unit in units
    )
    chosen: Counter[int] = Counter()
    for unit in units:
        chosen.update(unit)
    by_chance = sum(
        (Fraction(times, raters * len(units)) ** 2 for times in chosen.values()), Fraction(0)
    )
    return (agreed - by_chance) / (1 - by_chance) if by_chance != 1 else None


@dataclass(frozen=True)
class IntraclassCorrelations:
    """Of single ratings (1, 1), (2, 1), (3, 1); of the mean of raters (1, k), (2, k), (3, k)."""

    one_way: Fraction
    random: Fraction
    fixed: Fraction
    mean_one_way: Fraction
    mean_random: Fraction
    mean_fixed: Fraction


def intraclass_correlations(
    ratings: Sequence[Sequence[Fraction]],
) -> IntraclassCorrelations | None:
    """A row for each subject, rated by the same raters; None where the subjects do not differ.

    Raises ValueError for fewer than two subjects or raters, or a rating that is missing.
    """
    n, k = len(ratings), len(ratings[0]) if ratings else 0
    if n < 2 or k < 2 or any(len(row) != k for row in ratings):
        raise ValueError("two subjects at least are rated by the same two raters at least")
    middle = mean(value for row in ratings for value in row)
    rows = [mean(row) for row in ratings]
    columns = [mean(column) for column in zip(*ratings, strict=True)]
    rows_square = k * _squares(one - middle for one in rows) / (n - 1)
    columns_square = n * _squares(one - middle for one in columns) / (k - 1)
    within = _squares(value - rows[i] for i, row in enumerate(ratings) for value in row)
    error = (within - columns_square * (k - 1)) / ((n - 1) * (k - 1))
    inside = within / (n * (k - 1))
    drift = columns_square - error
    below = (
        rows_square + (k - 1) * inside,
        rows_square + (k - 1) * error + k * drift / n,
        rows_square + (k - 1) * error,
        rows_square,
        rows_square + drift / n,
        rows_square,
    )
    if not all(below):
        return None
    above = (rows_square - inside, rows_square - error, rows_square - error) * 2
    return IntraclassCorrelations(*(a / b for a, b in zip(above, below, strict=True)))


def _squares(values: Iterable[Fraction]) -> Fraction:
    return sum((value**2 for value in values), Fraction(0))
