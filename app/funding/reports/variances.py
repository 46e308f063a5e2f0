"""What was spent beside what was meant to be, in whole minor units and exact per cent."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, and_, case, cast, func, literal_column


@dataclass(frozen=True)
class Tolerance:
    """How far spending may differ from a budget line unexplained: by the percentage of the line or
    by the amount in minor units, whichever is more."""

    per_cent: int
    amount_minor: int


def variance_minor(budget_minor: int, spent_minor: int) -> int:
    """How much more than the budget was spent, in minor units; negative where it was less."""
    return spent_minor - budget_minor


def variance_per_cent(budget_minor: int, spent_minor: int) -> str | None:
    """The variance in per cent of the budget, rounded once, half away from zero, to two digits:
    `-12.50`. None for a budget of nothing."""
    if budget_minor == 0:
        return None
    variance = variance_minor(budget_minor, spent_minor)
    hundredths = (20_000 * abs(variance) + budget_minor) // (2 * budget_minor)
    sign = "-" if variance < 0 and hundredths else ""
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d}"


def is_beyond(tolerance: Tolerance, budget_minor: int, spent_minor: int) -> bool:
    """Whether the variance, above or below, is more than is tolerated unexplained."""
    variance = abs(variance_minor(budget_minor, spent_minor))
    more_than_per_cent = 100 * variance > tolerance.per_cent * budget_minor
    return variance > tolerance.amount_minor and more_than_per_cent


def per_cent_in_sql(budget_minor: Any, spent_minor: Any) -> ColumnElement[str]:
    """`variance_per_cent` in SQL."""
    budget = cast(budget_minor, Numeric)
    variance = cast(spent_minor, Numeric) - budget
    hundredths = func.div(20_000 * func.abs(variance) + budget, 2 * budget, type_=Numeric)
    signed = func.sign(variance, type_=Numeric) * hundredths
    in_per_cent = signed * literal_column("0.01", Numeric)
    return case((budget != 0, cast(in_per_cent, Text)))


def is_beyond_in_sql(
    tolerance: tuple[Any, Any], budget_minor: Any, spent_minor: Any
) -> ColumnElement[bool]:
    """`is_beyond` in SQL; a tolerance is its per cent and its amount in minor units."""
    per_cent, amount_minor = tolerance
    budget = cast(budget_minor, Numeric)
    variance = func.abs(cast(spent_minor, Numeric) - budget, type_=Numeric)
    return and_(variance > amount_minor, 100 * variance > per_cent * budget)
