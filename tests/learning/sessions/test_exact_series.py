"""Series by HiGHS: the values that were measured for real zones, and brute force. Without the extra
`exact` what is asked of HiGHS is skipped, and what the service does without it is not."""

import time
from datetime import timedelta
from importlib.util import find_spec

import pytest
from hypothesis import given, settings

from app.learning.sessions.exact_series import exact_series, is_installed
from app.learning.sessions.fair_series import Plan, Row, Stretch
from app.learning.sessions.inconvenience import inconvenience
from app.learning.sessions.times import finding
from app.learning.sessions.times.explaining import reason
from app.learning.sessions.times.finding import Party, find_times
from tests.learning.sessions.test_fair_series import (
    FIRST_COHORT,
    LENGTH,
    TEN_ZONES,
    TUESDAY,
    WITH_REDMOND,
    _all,
    cases,
)
from tests.learning.sessions.test_times_found import ALIASES, starts

asked_of_highs = pytest.mark.skipif(
    find_spec("highspy") is None, reason="the extra `exact` (highspy) is not installed"
)


def exact(stretches: list[Stretch], carried: Row) -> Plan:
    plan = exact_series(stretches, carried)
    assert plan is not None
    return plan


def hours(zones: tuple[str, ...], weeks: int = 0) -> list[Row]:
    """Every half hour of a day, so many weeks on."""
    first = TUESDAY + timedelta(weeks=weeks)
    times = [first + timedelta(minutes=30 * number) for number in range(48)]
    return [tuple(inconvenience(at, LENGTH, zone) for zone in zones) for at in times]


@asked_of_highs
@pytest.mark.parametrize(
    ("zones", "worst", "total"),
    [(FIRST_COHORT, 36, 72), (WITH_REDMOND, 92, 728), (TEN_ZONES, 98, 950)],
)
def test_the_values_that_were_measured_hold_in_less_than_a_second(
    zones: tuple[str, ...], worst: int, total: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Of ten zones the total that was measured was 966: HiGHS finds as good a series for less."""
    before = time.process_time()
    plan = exact([Stretch(hours(zones), 12)], (0,) * len(zones))
    assert time.process_time() - before < 1
    assert (plan.worst, plan.total, plan.bound, plan.is_optimal) == (worst, total, worst, True)
    assert sum(plan.counts[0].values()) == 12
    assert capfd.readouterr().out == ""


@asked_of_highs
@settings(max_examples=60, deadline=None)
@given(cases)
def test_nothing_better_is_found_by_trying_everything(
    case: tuple[list[Stretch], Row, list[int]],
) -> None:
    stretches, before, order = case
    plan = exact(stretches, before)
    assert (plan.worst, plan.total) == min(_all(stretches, before))
    assert (plan.is_optimal, plan.bound) == (True, plan.worst)
    assert [sum(taken.values()) for taken in plan.counts] == [one.number for one in stretches]
    turned = [
        Stretch([tuple(row[team] for team in order) for row in one.rows], one.number)
        for one in stretches
    ]
    again = exact(turned, tuple(before[team] for team in order))
    assert (again.worst, again.total) == (plan.worst, plan.total)


@asked_of_highs
def test_neither_the_order_of_teams_nor_the_name_of_a_zone_matters() -> None:
    days = starts(1) * 12
    ours = find_times([Party(zone) for zone in TEN_ZONES], days, LENGTH)
    turned = [ALIASES.get(zone, zone) for zone in TEN_ZONES[4:] + TEN_ZONES[3::-1]]
    again = find_times([Party(zone) for zone in turned], days, LENGTH)
    assert (ours.times.worst, ours.times.total, ours.by_highs) == (98, 950, True)
    assert again.times.starts == ours.times.starts
    assert sorted(again.times.burdens) == sorted(ours.times.burdens)


@asked_of_highs
def test_what_is_not_searched_to_the_end_says_how_far_it_may_be_from_the_best() -> None:
    """Twelve zones in three seasons take longer than a tenth of a second."""
    zones = (*TEN_ZONES, "Pacific/Honolulu", "Asia/Kathmandu")
    seasons = [Stretch(hours(zones, weeks), 8) for weeks in (0, 10, 20)]
    plan = exact_series(seasons, (0,) * 12, seconds=0.1)
    assert plan is not None
    assert not plan.is_optimal
    assert 150 < plan.bound < plan.worst


@asked_of_highs
def test_where_nothing_is_found_in_time_the_service_searches_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "exact_series", lambda stretches, carried: None)
    found = find_times([Party(zone) for zone in FIRST_COHORT], starts(1), LENGTH)
    assert (found.times.worst, found.is_proved, found.by_highs) == (3, True, False)


def test_without_highs_ten_zones_are_bounded_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finding, "is_installed", lambda: False)
    monkeypatch.setattr(finding, "_MOST_STEPS", 1_000)
    found = find_times([Party(zone) for zone in TEN_ZONES], starts(1) * 12, LENGTH)
    assert not found.by_highs
    assert not found.is_proved
    assert found.bound <= 98 <= found.times.worst
    assert (
        f"It was not searched to the end: the worst off bears at least {found.bound}. An exact "
        "solver is not installed here." in reason(found)
    )


def test_whether_it_is_installed_is_looked_up() -> None:
    assert is_installed() is (find_spec("highspy") is not None)
