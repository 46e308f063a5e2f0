"""Variances are exact: whole minor units, and per cent rounded once."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports.variances import (
    Tolerance,
    is_beyond,
    is_beyond_in_sql,
    per_cent_in_sql,
    variance_minor,
    variance_per_cent,
)
from app.kernel.schemas import SAFE_INTEGER

AMOUNTS = st.integers(0, SAFE_INTEGER)


@pytest.mark.parametrize(
    ("budget", "spent", "minor", "per_cent"),
    [
        (1_400_000, 1_575_000, 175_000, "12.50"),
        (1_400_000, 1_225_000, -175_000, "-12.50"),
        (600_000, 600_000, 0, "0.00"),
        (3, 4, 1, "33.33"),
        (3, 5, 2, "66.67"),
        (20_000, 20_001, 1, "0.01"),
        (20_001, 20_002, 1, "0.00"),
        (20_001, 20_000, -1, "0.00"),
        (0, 5, 5, None),
        (0, 0, 0, None),
    ],
)
def test_worked_out_by_hand(budget: int, spent: int, minor: int, per_cent: str | None) -> None:
    assert (variance_minor(budget, spent), variance_per_cent(budget, spent)) == (minor, per_cent)


@given(AMOUNTS.filter(bool), AMOUNTS)
def test_per_cent_is_the_exact_fraction_rounded_once(budget: int, spent: int) -> None:
    exact = Fraction(100 * (spent - budget), budget)
    found = variance_per_cent(budget, spent)
    assert found is not None
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)
    context = Context(prec=60, rounding=ROUND_HALF_UP)
    long = context.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    assert Decimal(found) == long.quantize(Decimal("0.01"), context=context)


@pytest.mark.parametrize(
    ("per_cent", "amount", "budget", "spent", "beyond"),
    [
        (10, 0, 1_000, 1_100, False),
        (10, 0, 1_000, 1_101, True),
        (10, 0, 1_000, 899, True),
        (10, 200, 1_000, 1_200, False),
        (10, 200, 1_000, 1_201, True),
        (0, 0, 1_000, 1_001, True),
        (10, 0, 0, 1, True),
        (10, 500, 0, 500, False),
    ],
)
def test_the_wider_of_two_tolerances_holds(
    per_cent: int, amount: int, budget: int, spent: int, *, beyond: bool
) -> None:
    assert is_beyond(Tolerance(per_cent, amount), budget, spent) is beyond


@pytest.mark.parametrize("budget", [0, 1, 3, 20_001, 1_400_000, SAFE_INTEGER])
@pytest.mark.parametrize("spent", [0, 1, 5, 20_000, 1_225_000, SAFE_INTEGER])
async def test_sql_says_the_same(db: AsyncSession, budget: int, spent: int) -> None:
    meant, paid = literal(budget, BigInteger), literal(spent, BigInteger)
    said = select(per_cent_in_sql(meant, paid), is_beyond_in_sql((10, 500), meant, paid))
    per_cent, beyond = (await db.execute(said)).one()
    assert per_cent == variance_per_cent(budget, spent)
    assert beyond == is_beyond(Tolerance(10, 500), budget, spent)
