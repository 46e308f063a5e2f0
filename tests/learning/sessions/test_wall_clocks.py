"""From the clock on the wall to the instant, where clocks change and where they do not."""

from datetime import UTC, datetime

import pytest

from app.learning.sessions.recurrence import Recurrence, RuleUnsound, occurrences
from app.learning.sessions.wall_clocks import instant_of, on_the_wall


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [
        ("2020-12-08", "Europe/Oslo", 11),
        ("2021-03-16", "Europe/Oslo", 11),
        ("2021-05-11", "Europe/Oslo", 12),
        ("2020-12-08", "America/Los_Angeles", 2),
        ("2021-03-16", "America/Los_Angeles", 3),
        ("2021-05-11", "America/Los_Angeles", 3),
        *(
            (day, zone, hour)
            for zone, hour in [
                ("America/Argentina/Buenos_Aires", 7),
                ("Asia/Kolkata", 15),
                ("Asia/Shanghai", 18),
            ]
            for day in ("2020-12-08", "2021-03-16", "2021-05-11")
        ),
    ],
)
def test_ten_oclock_in_utc_on_the_walls_of_a_cohort(day: str, zone: str, hour: int) -> None:
    at = datetime.fromisoformat(f"{day}T10:00+00:00")
    assert on_the_wall(at, zone).hour == hour
    assert instant_of(on_the_wall(at, zone), zone) == at


def test_an_hour_that_is_leapt_over_is_counted_with_the_offset_before() -> None:
    leapt_over = datetime.fromisoformat("2026-03-29T01:30")
    assert instant_of(leapt_over, "Europe/London") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert on_the_wall(instant_of(leapt_over, "Europe/London"), "Europe/London").hour == 2


def test_an_hour_that_comes_twice_is_the_first() -> None:
    twice = datetime.fromisoformat("2026-10-25T01:30")
    assert instant_of(twice, "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant_of(twice.replace(fold=1), "Europe/London") == instant_of(twice, "Europe/London")


def test_a_clock_with_an_offset_is_none_on_a_wall() -> None:
    with pytest.raises(ValueError, match="no offset"):
        instant_of(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "Europe/London")


FIRST = datetime.fromisoformat("2021-03-02T10:00")


def _met(rule: str, zone: str = "Europe/Oslo", first: datetime = FIRST) -> list[datetime]:
    return occurrences(first, zone, Recurrence(rule))


def test_a_weekly_series_stays_at_its_hour_when_the_clocks_change() -> None:
    met = _met("FREQ=WEEKLY;COUNT=6")
    assert [(one.day, one.hour) for one in met] == [
        (2, 10), (9, 10), (16, 10), (23, 10), (30, 10), (6, 10)
    ]  # fmt: skip
    hours = [instant_of(one, "Europe/Oslo").hour for one in met]
    assert hours == [9, 9, 9, 9, 8, 8]


def test_a_series_through_the_leap_keeps_its_hour_before_and_after() -> None:
    met = _met("FREQ=WEEKLY;COUNT=3", "Europe/London", datetime.fromisoformat("2026-03-22T01:30"))
    at = [instant_of(one, "Europe/London") for one in met]
    assert [one.strftime("%d %H:%M") for one in at] == ["22 01:30", "29 01:30", "05 00:30"]


@pytest.mark.parametrize(
    ("until", "days"),
    [
        ("20210316T090000Z", [2, 9, 16]),  # ten o'clock in Oslo, to the minute
        ("20210316T085959Z", [2, 9]),
        ("20210316", [2, 9, 16]),
    ],
)
def test_the_last_is_compared_as_the_zone_reads_it(until: str, days: list[int]) -> None:
    assert [one.day for one in _met(f"FREQ=WEEKLY;UNTIL={until}")] == days


def test_what_is_added_and_what_is_left_out() -> None:
    extra, without = (
        datetime.fromisoformat("2021-03-12T15:00"),
        datetime.fromisoformat("2021-03-09T10:00"),
    )
    met = occurrences(
        FIRST, "Europe/Oslo", Recurrence("FREQ=WEEKLY;COUNT=3", (extra, FIRST), (without,))
    )
    assert met == [FIRST, extra, datetime.fromisoformat("2021-03-16T10:00")]


def test_by_the_last_tuesday_of_the_month() -> None:
    first = datetime.fromisoformat("2021-03-30T10:00")
    met = _met("FREQ=MONTHLY;BYDAY=-1TU;COUNT=3", first=first)
    assert [(one.month, one.day) for one in met] == [(3, 30), (4, 27), (5, 25)]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("", "a recurrence rule"),
        ("every week", "a recurrence rule"),
        ("FREQ=WEEKLY;COUNT=3;BYDAY=XX", "a recurrence rule"),
        ("FREQ=WEEKLY", "must end by COUNT or by UNTIL"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20210316", "must end by COUNT or by UNTIL"),
        ("FREQ=WEEKLY;COUNT=3;COUNT=4", "each part once"),
        ("FREQ=HOURLY;COUNT=3", "a FREQ of DAILY"),
        ("FREQ=DAILY;BYHOUR=9;COUNT=3", "none smaller than a day"),
        ("FREQ=WEEKLY;COUNT=0", "must count from 1"),
        ("FREQ=DAILY;INTERVAL=0;COUNT=3", "must count from 1"),
        ("FREQ=WEEKLY;UNTIL=2021-03-16", "a recurrence rule|must write UNTIL"),
        ("FREQ=WEEKLY;UNTIL=20210230", "on a day that there is"),
        ("FREQ=WEEKLY;UNTIL=20210316T090000", "must write UNTIL"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "the first session itself"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "the first session itself"),
        ("FREQ=WEEKLY;UNTIL=20210201", "the first session itself"),
        ("FREQ=DAILY;COUNT=61", "at most 60"),
        ("FREQ=DAILY;UNTIL=20220316", "at most 60"),
        ("FREQ=YEARLY;COUNT=6", "within three years"),
        ("FREQ=YEARLY;UNTIL=20280302", "within three years"),
        ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2;BYDAY=TU;COUNT=2", "within three years"),
    ],
)
def test_a_rule_that_no_series_can_follow(rule: str, said: str) -> None:
    with pytest.raises(RuleUnsound, match=said):
        _met(rule)


def test_what_is_added_lies_within_the_series_too() -> None:
    for added in (
        datetime.fromisoformat("2021-03-01T10:00"),
        datetime.fromisoformat("2030-03-01T10:00"),
    ):
        with pytest.raises(RuleUnsound, match="within three years"):
            occurrences(FIRST, "Europe/Oslo", Recurrence("FREQ=WEEKLY;COUNT=2", (added,)))
