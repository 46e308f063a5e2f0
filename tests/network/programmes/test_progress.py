"""How a target stands, by hand-worked numbers and by properties."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.network.programmes.targets.progress import GOOD, Comparator, Plan, Standing

TWENTY = Plan(Comparator.AT_LEAST, 0, 20, date(2020, 4, 21), date(2022, 12, 31))
UP_TO_TEN = Plan(Comparator.AT_MOST, 0, 10, date(2020, 10, 1), date(2021, 5, 31))


@pytest.mark.parametrize(
    ("on", "counted", "standing"),
    [
        (date(2020, 4, 21), 0, Standing.ON_TRACK),
        (date(2020, 4, 22), 0, Standing.BEHIND),
        (date(2021, 4, 30), 9, Standing.ON_TRACK),
        (date(2021, 4, 30), 7, Standing.BEHIND),
        (date(2022, 12, 31), 19, Standing.BEHIND),
        (date(2022, 12, 31), 20, Standing.MET),
        (date(2020, 5, 1), 21, Standing.MET),
        (date(2023, 1, 1), 19, Standing.MISSED),
    ],
)
def test_a_number_to_be_reached(on: date, counted: int, standing: Standing) -> None:
    assert TWENTY.standing(counted, on) == standing


@pytest.mark.parametrize(
    ("counted", "standing"),
    [(0, Standing.WITHIN), (6, Standing.WITHIN), (10, Standing.WITHIN), (11, Standing.EXCEEDED)],
)
def test_a_ceiling(counted: int, standing: Standing) -> None:
    """Six of "up to ten" is no failure, eleven is one, on whichever day."""
    for on in (date(2020, 1, 1), date(2021, 1, 1), date(2025, 1, 1)):
        assert UP_TO_TEN.standing(counted, on) == standing


def test_growth_is_even() -> None:
    """374 of 984 days had gone by: 7.60 of 20 were due."""
    assert TWENTY.expected(date(2021, 4, 30)) == Fraction(20 * 374, 984)
    assert TWENTY.share(9) == Fraction(9, 20)


def test_growth_begins_at_the_baseline() -> None:
    plan = Plan(Comparator.AT_LEAST, 4, 8, date(2026, 1, 1), date(2026, 1, 5))
    expected = [plan.expected(date(2026, 1, 1) + timedelta(days=gone)) for gone in (-9, 0, 1, 4, 9)]
    assert expected == [4, 4, 5, 8, 8]


def test_a_target_of_one_day_is_expected_at_once() -> None:
    day = date(2026, 1, 1)
    assert Plan(Comparator.AT_LEAST, 0, 3, day, day).expected(day) == 3


plans = st.builds(
    lambda comparator, baseline, more, start, days: Plan(
        comparator, baseline, baseline + more, start, start + timedelta(days=days)
    ),
    st.sampled_from(Comparator),
    st.integers(0, 100),
    st.integers(1, 100),
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.integers(0, 2000),
)


@given(plans, st.integers(0, 300), st.dates(date(1999, 1, 1), date(2060, 1, 1)))
def test_more_is_never_worse_where_it_is_to_be_reached(plan: Plan, counted: int, on: date) -> None:
    if plan.comparator == Comparator.AT_LEAST:
        fewer, more = plan.standing(counted, on) in GOOD, plan.standing(counted + 1, on) in GOOD
        assert fewer <= more
    else:
        assert (plan.standing(counted, on) in GOOD) == (counted <= plan.value)


@given(plans, st.dates(date(1999, 1, 1), date(2060, 1, 1)))
def test_what_is_expected_never_shrinks(plan: Plan, on: date) -> None:
    assert plan.expected(on) <= plan.expected(on + timedelta(days=1)) <= plan.value
