"""Who was there, and how often: equal to what is counted by hand."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.learning.sessions.attendance_rates import Rate, Verdict, attendance, of_member
from app.learning.sessions.presence import Presence, Stay, presence, within

TEN = datetime(2021, 1, 12, 10, 0, tzinfo=UTC)


def _stay(joined: int, left: int) -> Stay:
    return Stay(TEN + timedelta(minutes=joined), TEN + timedelta(minutes=left))


SESSION = _stay(0, 90)


@pytest.mark.parametrize(
    ("stays", "found"),
    [
        ([], "absent"),
        ([(0, 90)], "present"),
        ([(-15, 120)], "present"),
        ([(10, 80)], "present"),
        ([(11, 90)], "late"),
        ([(0, 79)], "left_early"),
        ([(11, 79)], "late"),
        ([(0, 44)], "absent"),
        ([(0, 45)], "left_early"),
        ([(0, 20), (65, 90)], "present"),  # dropped out and came back, in all 45 minutes
        ([(0, 20), (66, 90)], "absent"),
        ([(0, 30), (0, 30), (10, 25)], "absent"),  # on two devices at once
        ([(0, 50), (40, 90)], "present"),
        ([(-60, 0), (90, 200)], "absent"),
        ([(50, 40)], "absent"),
    ],
)
def test_presence(stays: list[tuple[int, int]], found: str) -> None:
    assert presence([_stay(*one) for one in stays], SESSION) == Presence(found)


minutes = st.integers(-30, 120)


@given(st.lists(st.tuples(minutes, minutes), max_size=8))
def test_the_union_is_what_is_counted_minute_by_minute(stays: list[tuple[int, int]]) -> None:
    there = within([_stay(*one) for one in stays], SESSION)
    counted = {m for joined, left in stays for m in range(joined, left) if 0 <= m < 90}
    assert sum((one.left_at - one.joined_at for one in there), timedelta()) == timedelta(
        minutes=len(counted)
    )
    assert all(a.left_at < b.joined_at for a, b in pairwise(there))


def test_rates_by_hand() -> None:
    """Twelve sessions: one cancelled, two on leave, one excused, one missed, one afterwards."""
    verdicts = [
        *[Verdict.THERE] * 6,
        Verdict.ABSENT,
        Verdict.EXCUSED,
        Verdict.AFTERWARDS,
        *[Verdict.NOT_EXPECTED] * 3,
    ]
    found = attendance(verdicts)
    assert found.strict == Rate(6, 9)
    assert found.adjusted == Rate(6, 8)
    assert found.participation == Rate(7, 9)
    assert found.strict.value == Fraction(2, 3)


def test_nobody_expected_has_no_rate() -> None:
    assert attendance([Verdict.NOT_EXPECTED]).strict.value is None
    assert attendance([Verdict.EXCUSED]).strict.value == 0
    assert attendance([Verdict.EXCUSED]).adjusted.value is None


@pytest.mark.parametrize(
    ("people", "member"),
    [
        ("there absent excused", "there"),
        ("afterwards absent", "afterwards"),
        ("absent excused", "absent"),
        ("excused not_expected", "excused"),
        ("", "not_expected"),
    ],
)
def test_a_member_is_there_when_one_of_its_people_is(people: str, member: str) -> None:
    assert of_member(Verdict(one) for one in people.split()) == Verdict(member)
