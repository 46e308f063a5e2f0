"""Times that are found: the values measured for real zones, and what they may not depend on."""

from datetime import datetime, time, timedelta
from itertools import combinations

import pytest

from app.learning.sessions.inconvenience import inconvenience, working
from app.learning.sessions.times.explaining import reason
from app.learning.sessions.times.finding import ABSENT, Found, Party, find_times
from tests.learning.sessions.test_fair_series import (
    FIRST_COHORT,
    LENGTH,
    TEN_ZONES,
    TUESDAY,
    WITH_REDMOND,
)

ALIASES = {
    "Asia/Kolkata": "Asia/Calcutta",
    "Europe/London": "GB",
    "America/Los_Angeles": "US/Pacific",
}


def starts(number: int, first: datetime = TUESDAY) -> list[list[datetime]]:
    """Every half hour of a day, for as many weeks."""
    days = [first + timedelta(weeks=week) for week in range(number)]
    return [[day + timedelta(minutes=30 * half) for half in range(48)] for day in days]


def found(zones: tuple[str, ...], number: int = 8) -> Found:
    return find_times([Party(zone) for zone in zones], starts(number), LENGTH)


def test_across_a_change_of_the_clocks_the_real_cohort_stays_at_its_hour() -> None:
    ours = found(FIRST_COHORT, 12)
    assert {one.hour for (one,) in ours.times.starts} == {10}
    assert (ours.times.worst, ours.times.total, ours.bound, ours.is_proved) == (36, 72, 36, True)


def test_with_redmond_nobody_bears_more_than_was_proved() -> None:
    days = starts(1) * 12
    ours = find_times([Party(zone) for zone in WITH_REDMOND], days, LENGTH)
    assert (ours.times.worst, ours.times.total, ours.bound, ours.is_proved) == (92, 728, 92, True)


@pytest.mark.parametrize(("zones", "worst", "total"), [(WITH_REDMOND, 1, 4), (TEN_ZONES, 3, 4)])
def test_two_sittings_beat_taking_turns(zones: tuple[str, ...], worst: int, total: int) -> None:
    ours = found(zones)
    both = ours.in_two_sittings
    assert both is not None
    assert (both.worst, both.total) == (8 * worst, 8 * total)
    rows = [[inconvenience(at, LENGTH, zone) for zone in zones] for at in starts(1)[0]]
    pairs = [tuple(map(min, *pair)) for pair in combinations(rows, 2)]
    assert min((max(row), sum(row)) for row in pairs) == (worst, total)
    assert both.worst < ours.bound
    assert reason(ours).endswith(f"would bear {8 * worst}, and all together {8 * total}.")


@pytest.mark.parametrize("turned", [WITH_REDMOND[::-1], WITH_REDMOND[3:] + WITH_REDMOND[:3]])
def test_neither_the_order_of_teams_nor_the_name_of_a_zone_matters(turned: tuple[str, ...]) -> None:
    ours, again = found(WITH_REDMOND, 2), found(tuple(ALIASES.get(one, one) for one in turned), 2)
    assert again.times.starts == ours.times.starts
    assert sorted(again.times.burdens) == sorted(ours.times.burdens)
    assert again.in_two_sittings is not None
    assert ours.in_two_sittings is not None
    assert again.in_two_sittings.starts == ours.in_two_sittings.starts


def test_most_come_whatever_it_costs() -> None:
    """Only at seven in the evening, when the other two work no more, is everybody free."""
    busy = [(TUESDAY, TUESDAY + timedelta(hours=19))]
    parties = [Party("UTC"), Party("UTC", busy=busy), Party("UTC")]
    ours = find_times(parties, starts(1), timedelta(hours=1))
    assert ours.times.starts == [(TUESDAY + timedelta(hours=19),)]
    assert (ours.times.costs, ours.times.absences) == ([(3, 3, 3)], 0)


def test_who_can_never_come_is_absent_and_bears_nothing() -> None:
    busy = [(TUESDAY, TUESDAY + timedelta(days=2))]
    ours = find_times([Party("UTC", busy=busy, carried=4), Party("UTC")], starts(1), LENGTH)
    assert ours.times.costs == [(ABSENT, 0)]
    assert (ours.times.burdens, ours.times.worst, ours.bound) == ((4, 0), 4, 4)
    assert ours.in_two_sittings is None
    assert reason(ours) == (
        "Not everybody can come to each session: no other times let more come. The worst off bears "
        "4, and all together 4. No times are better for the worst off, and none as good for them "
        "are better for all."
    )


def test_what_was_borne_before_turns_the_choice() -> None:
    """Nine hours apart it is early for one, or late for the other."""
    zones = ("Europe/London", "Asia/Tokyo")
    early, late = (
        find_times(
            [Party(zone, carried=before) for zone, before in zip(zones, carried, strict=True)],
            starts(1),
            LENGTH,
        ).times
        for carried in ((6, 0), (0, 6))
    )
    assert early.costs[0][0] < late.costs[0][0]
    assert early.costs[0][1] > late.costs[0][1]
    assert (early.worst, late.worst) == (6, 6)


def test_the_day_of_who_works_by_night() -> None:
    day = working(time(22), time(6))
    costs = {hour: day.at(TUESDAY.replace(hour=hour)) for hour in range(24)}
    assert [hour for hour, cost in costs.items() if cost == 0] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert [costs[hour] for hour in (6, 7, 9, 11, 18, 19, 20, 21)] == [1, 3, 6, 20, 20, 6, 3, 1]
    any_hour = working(time(9), time(9))
    assert [any_hour.at(TUESDAY + timedelta(days=day)) for day in (0, 4)] == [0, 20]
