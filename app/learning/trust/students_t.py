"""Student's t of n degrees of freedom: how much of it lies within t, and within which t it lies.

With theta = atan(t / sqrt(n)), A(t) = P(|T| <= t) is a finite sum (Abramowitz and Stegun 26.7.3-4):

    n odd:   2/pi (theta + sin (cos + 2/3 cos^3 + ... + 2 4 ... (n-3) / (3 5 ... (n-2)) cos^(n-2)))
    n even:  sin (1 + 1/2 cos^2 + ... + 1 3 ... (n-3) / (2 4 ... (n-2)) cos^(n-2))

In decimal arithmetic of fifty digits, so that a published interval is the same on every machine.
"""

from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from typing import Final

from app.learning.trust.rounding import EXACT, as_decimal

_SMALL: Final = Decimal(10) ** -48
_HALVINGS: Final = 5
_STEPS: Final = 160


def within(t: Decimal, freedom: int) -> Decimal:
    """P(|T| <= t). Raises ValueError where the degrees of freedom are none."""
    if freedom < 1:
        raise ValueError("there is a degree of freedom at least")
    with localcontext(EXACT):
        square = t * t
        cos2 = freedom / (freedom + square)
        sine = (square / (freedom + square)).sqrt()
        if freedom % 2 == 0:
            return sine * _sum(Decimal(1), cos2, range(2, freedom, 2))
        theta = _arctangent(abs(t) / Decimal(freedom).sqrt())
        more = sine * _sum(cos2.sqrt(), cos2, range(3, freedom, 2)) if freedom > 1 else Decimal(0)
        return 2 / _pi() * (theta + more)


def two_sided(t: Decimal, freedom: int) -> Decimal:
    """p = P(|T| > t)."""
    with localcontext(EXACT):
        return 1 - within(t, freedom)


@cache
def quantile(confidence: Fraction, freedom: int) -> Decimal:
    """The t within which so much of it lies: of 95 %, the quantile 0.975."""
    wanted = as_decimal(confidence)
    with localcontext(EXACT):
        low, high = Decimal(0), Decimal(1)
        while within(high, freedom) < wanted:
            high *= 2
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if within(middle, freedom) < wanted:
                low = middle
            else:
                high = middle
            if high - low < _SMALL:
                break
        return (low + high) / 2


def _sum(first: Decimal, cos2: Decimal, numbers: range) -> Decimal:
    """The first term, and each next as the one before it by (m - 1) / m cos^2."""
    total = term = first
    for number in numbers:
        term *= cos2 * (number - 1) / number
        total += term
    return total


def _arctangent(value: Decimal) -> Decimal:
    """By halving the angle until the series of Gregory is short."""
    for _ in range(_HALVINGS):
        value /= 1 + (1 + value * value).sqrt()
    square, power, total, number = value * value, value, value, 1
    while abs(power) > _SMALL:
        power *= -square
        number += 2
        total += power / number
    return total * 2**_HALVINGS


@cache
def _pi() -> Decimal:
    with localcontext(EXACT):
        return 4 * _arctangent(Decimal(1))
