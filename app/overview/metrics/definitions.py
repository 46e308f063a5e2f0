"""Which metrics there are, as the packages define them, and how a figure is made of two counts."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from app.kernel.metrics import METRICS, MetricPast
from app.kernel.vocabularies import Vocabulary

DEFINITIONS: Final = {key: metric.definition for key, metric in METRICS.items()}


class MetricKey(Vocabulary):
    """What is measured."""

    vars().update({key.upper(): key for key in METRICS})


class NullCode(Vocabulary):
    """Why a metric has no value: nothing to divide by, or no past that is kept."""

    NO_DENOMINATOR = "no_denominator"
    PAST_NOT_KEPT = "past_not_kept"


@dataclass(frozen=True)
class Count:
    """What was counted for one metric."""

    numerator: int
    denominator: int
    excluded: int


def ratio(count: Count, divisor: int = 1) -> float | None:
    """Numerator over denominator, in units of so many, rounded once to six digits; None where the
    denominator is 0."""
    if count.denominator == 0:
        return None
    return float(round(Fraction(count.numerator, count.denominator * divisor), 6))


def keeps(key: str, *, as_of: bool, known_at: bool) -> bool:
    """Whether so much of a metric's past is kept."""
    past = METRICS[key].facts.past
    if known_at:
        return past is MetricPast.KNOWN_AT
    return not as_of or past is not MetricPast.NONE


def measured(key: str, count: Count | None) -> dict[str, Any]:
    """A figure as it crosses the wire; without a count, that so much of its past is not kept."""
    definition = DEFINITIONS[key]
    value = ratio(count, definition.divisor) if count else None
    code = NullCode.NO_DENOMINATOR if count else NullCode.PAST_NOT_KEPT
    return {
        "key": MetricKey(key),
        "unit": definition.unit,
        "value": value,
        "null_code": code if value is None else None,
        "numerator": count.numerator if count else 0,
        "denominator": count.denominator if count else 0,
        "excluded_count": count.excluded if count else 0,
    }
