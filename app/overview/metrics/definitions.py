"""Which metrics there are, as the packages define them, and how a figure is made of two counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from app.kernel.metrics import METRICS, Definition, MetricPast, MetricUnit, Unsaid
from app.kernel.money import Money, decimal
from app.kernel.vocabularies import Vocabulary

DEFINITIONS: Final = {key: metric.definition for key, metric in METRICS.items()}


class MetricKey(Vocabulary):
    """What is measured."""

    vars().update({key.upper(): key for key in METRICS})


class NullCode(Vocabulary):
    """Why a metric has no value: nothing to divide by, no past that is kept, what is about too few
    to be told, or results that nobody has published yet."""

    NO_DENOMINATOR = "no_denominator"
    PAST_NOT_KEPT = "past_not_kept"
    SUPPRESSED = "suppressed"
    NOT_RELEASED = "not_released"


_UNSAID: Final = {
    Unsaid.NO_DENOMINATOR: NullCode.NO_DENOMINATOR,
    Unsaid.SUPPRESSED: NullCode.SUPPRESSED,
    Unsaid.NOT_RELEASED: NullCode.NOT_RELEASED,
}


@dataclass(frozen=True)
class Count:
    """What was counted for one metric."""

    numerator: int
    denominator: int
    excluded: int
    unsaid: int = Unsaid.NO_DENOMINATOR


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


def _amount(definition: Definition, currency: str | None, value: float | None) -> Money | None:
    """A value that is money, of the currency that it is told apart by."""
    if definition.unit is not MetricUnit.MONEY or currency is None or value is None:
        return None
    return Money(amount_minor=round(value), currency=currency)


def in_table(figure: Mapping[str, Any]) -> dict[str, Any]:
    """A figure as a row: money in major units, as every table has it."""
    amount = figure["amount"]
    value = Decimal(decimal(**amount)) if amount else figure["value"]
    return {**figure, "value": value}


def measured(key: str, dimension: str | None, count: Count | None) -> dict[str, Any]:
    """A figure as it crosses the wire; without a count, that so much of its past is not kept."""
    definition = DEFINITIONS[key]
    value = ratio(count, definition.divisor) if count else None
    code = _UNSAID[Unsaid(count.unsaid)] if count else NullCode.PAST_NOT_KEPT
    return {
        "key": MetricKey(key),
        "dimension": dimension,
        "unit": definition.unit,
        "value": value,
        "amount": _amount(definition, dimension, value),
        "null_code": code if value is None else None,
        "numerator": count.numerator if count else 0,
        "denominator": count.denominator if count else 0,
        "excluded_count": count.excluded if count else 0,
    }
