"""Rates of attendance: how many of those who were expected were there.

Whoever was excused is counted twice over: the strict rate expects them, the adjusted one does not.
What was cancelled, and whoever was on leave or not there yet, is in neither: the caller leaves it
out, and says so by what was not `EXPECTED`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Verdict(StrEnum):
    """What is counted of one person or member at one session."""

    THERE = "there"
    """Present, late or gone early."""
    ABSENT = "absent"
    EXCUSED = "excused"
    AFTERWARDS = "afterwards"
    """Not there, and contributed in writing in time: participation, and no attendance."""
    NOT_EXPECTED = "not_expected"
    """On leave, not joined yet, gone already, or the session was cancelled."""


@dataclass(frozen=True)
class Rate:
    """A rate with what it is made of; it has no value where nobody was expected."""

    numerator: int
    denominator: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(self.numerator, self.denominator) if self.denominator else None


@dataclass(frozen=True)
class Attendance:
    """How well somebody took part."""

    strict: Rate
    adjusted: Rate
    participation: Rate


def attendance(verdicts: Iterable[Verdict]) -> Attendance:
    """The rates of any number of verdicts: of one person, of a member, or of one session."""
    counted = Counter(verdicts)
    there, afterwards = counted[Verdict.THERE], counted[Verdict.AFTERWARDS]
    expected = there + afterwards + counted[Verdict.ABSENT] + counted[Verdict.EXCUSED]
    return Attendance(
        strict=Rate(there, expected),
        adjusted=Rate(there, expected - counted[Verdict.EXCUSED]),
        participation=Rate(there + afterwards, expected),
    )


def of_member(verdicts: Iterable[Verdict]) -> Verdict:
    """What the verdicts of its people come to for a member at one session: it was there when one of
    them was, and it is excused only when nobody was simply absent."""
    found = set(verdicts)
    order = (Verdict.THERE, Verdict.AFTERWARDS, Verdict.ABSENT, Verdict.EXCUSED)
    return next((one for one in order if one in found), Verdict.NOT_EXPECTED)
