"""Which metrics there are, as the packages define them, and how a figure is made of two counts."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from app.kernel.metrics import METRICS
from app.kernel.vocabularies import Vocabulary

DEFINITIONS: Final = {key: metric.definition for key, metric in METRICS.items()}


class MetricKey(Vocabulary):
    """What is measured."""

    vars().update({key.upper(): key for key in METRICS})


@dataclass(frozen=True)
class Count:
    """What was counted for one metric."""

    numerator: int
    denominator: int
    excluded: int


def ratio(count: Count) -> float | None:
    """Numerator over denominator, rounded once to six digits; None where the denominator is 0."""
    if count.denominator == 0:
        return None
    return float(round(Fraction(count.numerator, count.denominator), 6))
