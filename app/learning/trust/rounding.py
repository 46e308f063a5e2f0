"""From exact numbers to those that are shown: rounded once, at the end, half to even.

What is irrational is taken to forty digits in decimal arithmetic, whose rules are the same on every
machine; a float would differ in its last digit between two builds of one library.
"""

from collections.abc import Iterable
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

PLACES: Final = 6
EXACT: Final = Context(prec=50)

Number = Fraction | Decimal | int


def rounded(value: Number | None, places: int = PLACES) -> Decimal | None:
    """To so many places, half to even; None stays None."""
    if value is None:
        return None
    return Decimal(round(Fraction(value) * 10**places)).scaleb(-places, EXACT)


def as_decimal(value: Number) -> Decimal:
    """To fifty digits."""
    exact = Fraction(value)
    return EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def root(value: Number) -> Decimal:
    """The square root."""
    return EXACT.sqrt(as_decimal(value))


def mean(values: Iterable[Fraction]) -> Fraction:
    """Their sum by their number. Raises ZeroDivisionError without any."""
    given = list(values)
    return sum(given, Fraction(0)) / len(given)


def variance(values: Iterable[Fraction]) -> Fraction | None:
    """s² = Σ (x - mean)² / (n - 1); None of fewer than two."""
    given = list(values)
    if len(given) < 2:
        return None
    middle = mean(given)
    return sum(((one - middle) ** 2 for one in given), Fraction(0)) / (len(given) - 1)


def median(values: Iterable[Fraction]) -> Fraction:
    """The middle one; of an even number the mean of the two in the middle, not rounded."""
    given = sorted(values)
    return (given[(len(given) - 1) // 2] + given[len(given) // 2]) / 2
