"""Hours for a series: the values that were measured for the real cohort, and brute force."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.learning.sessions.fair_series import Row, Stretch, fair_series, undominated
from app.learning.sessions.inconvenience import inconvenience

BUENOS_AIRES, KOLKATA = "America/Argentina/Buenos_Aires", "Asia/Kolkata"
FIRST_COHORT = (
    BUENOS_AIRES,
    "Europe/Oslo",
    KOLKATA,
    "Europe/London",
    "Europe/London",
    "Asia/Shanghai",
)
WITH_REDMOND = (*FIRST_COHORT, "Europe/London", "America/Los_Angeles")
TEN_ZONES = (
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Shanghai",
    KOLKATA,
    "Europe/Oslo",
    "Europe/London",
    BUENOS_AIRES,
    "America/New_York",
    "America/Los_Angeles",
)
TUESDAY = datetime(2021, 1, 12, tzinfo=UTC)
LENGTH = timedelta(minutes=90)


def _hours(zones: tuple[str, ...]) -> dict[datetime, Row]:
    starts = [TUESDAY + timedelta(minutes=30 * number) for number in range(48)]
    return {at: tuple(inconvenience(at, LENGTH, zone) for zone in zones) for at in starts}


def test_the_real_cohort_meets_at_ten_in_utc() -> None:
    hours = _hours(FIRST_COHORT)
    best = min(hours, key=lambda at: sum(hours[at]))
    assert best == datetime(2021, 1, 12, 10, tzinfo=UTC)
    assert hours[best] == (3, 0, 0, 0, 0, 3)
    plan = fair_series([Stretch(list(hours.values()), 12)])
    assert (plan.worst, plan.total, plan.bound, plan.is_optimal) == (36, 72, 36, True)
    assert plan.counts == [{hours[best]: 12}]


def test_with_redmond_the_series_goes_round() -> None:
    rows = list(_hours(WITH_REDMOND).values())
    cheapest = min(rows, key=sum)
    assert (12 * max(cheapest), 12 * sum(cheapest)) == (240, 312)
    plan = fair_series([Stretch(rows, 12)])
    assert (plan.worst, plan.total, plan.bound, plan.is_optimal) == (92, 728, 92, True)
    assert sum(plan.counts[0].values()) == 12


def test_ten_zones_are_planned_within_their_bound() -> None:
    plan = fair_series([Stretch(list(_hours(TEN_ZONES).values()), 12)])
    assert 96 <= plan.bound <= plan.worst <= 1.1 * plan.bound


def test_what_was_borne_before_is_carried_over() -> None:
    rows: list[Row] = [(0, 4), (4, 0)]
    assert fair_series([Stretch(rows, 2)], (8, 0)).counts == [{(0, 4): 2}]
    assert fair_series([Stretch(rows, 2)], (8, 0)).worst == 8
    assert fair_series([Stretch(rows, 4)], (8, 0)).counts == [{(0, 4): 3, (4, 0): 1}]


def test_a_zone_by_another_name_is_the_same() -> None:
    for one, other in [("Asia/Kolkata", "Asia/Calcutta"), ("Europe/London", "GB")]:
        assert inconvenience(TUESDAY, LENGTH, one) == inconvenience(TUESDAY, LENGTH, other)


def test_an_hour_is_as_inconvenient_as_its_worst_moment() -> None:
    at = datetime(2021, 1, 12, 16, 30, tzinfo=UTC)
    assert inconvenience(at, timedelta(minutes=30), "Europe/London") == 0
    assert inconvenience(at, timedelta(minutes=31), "Europe/London") == 1
    assert inconvenience(at, timedelta(minutes=91), "Europe/London") == 3
    assert inconvenience(at + timedelta(days=4), LENGTH, "Europe/London") == 21


def test_nothing_is_planned_of_nothing() -> None:
    for stretches in ([], [Stretch([], 1)], [Stretch([(1,)], 0)]):
        with pytest.raises(ValueError, match="a series has"):
            fair_series(stretches)


def _all(stretches: list[Stretch], before: Row) -> Iterator[tuple[int, int]]:
    ways = [combinations_with_replacement(one.rows, one.number) for one in stretches]
    for chosen in product(*ways):
        borne = [sum(costs) for costs in zip(before, *chain(*chosen), strict=True)]
        yield max(borne), sum(borne)


costs = st.sampled_from([0, 1, 3, 6, 20])
cases = st.integers(2, 4).flatmap(
    lambda teams: st.tuples(
        st.lists(
            st.builds(
                Stretch,
                st.lists(st.tuples(*[costs] * teams), min_size=1, max_size=5),
                st.integers(1, 3),
            ),
            min_size=1,
            max_size=2,
        ),
        st.tuples(*[st.integers(0, 30)] * teams),
        st.permutations(range(teams)),
    )
)


@settings(max_examples=40, deadline=None)
@given(cases)
def test_nothing_better_is_found_by_trying_everything(
    case: tuple[list[Stretch], Row, list[int]],
) -> None:
    stretches, before, order = case
    plan = fair_series(stretches, before)
    assert (plan.worst, plan.total) == min(_all(stretches, before))
    assert plan.is_optimal
    assert plan.bound == plan.worst
    assert [sum(taken.values()) for taken in plan.counts] == [one.number for one in stretches]
    turned = [
        Stretch([tuple(row[team] for team in order) for row in reversed(one.rows)], one.number)
        for one in reversed(stretches)
    ]
    again = fair_series(turned, tuple(before[team] for team in order))
    assert (again.worst, again.total) == (plan.worst, plan.total)


def test_what_is_nowhere_better_is_not_needed() -> None:
    assert undominated([(1, 1), (0, 3), (1, 2), (0, 3), (3, 0)]) == [(0, 3), (1, 1), (3, 0)]
