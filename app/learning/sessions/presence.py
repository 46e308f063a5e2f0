"""Whether somebody was there, from when they joined and left: however often, by whichever source.

Nobody is there twice at once: what several sources say of the same minute counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

ENOUGH: Final = Fraction(1, 2)
"""Whoever was there for this part of a session took part in it."""

GRACE: Final = timedelta(minutes=10)
"""Whoever comes or goes within this long of the beginning or the end is neither late nor early."""


class Presence(StrEnum):
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"


@dataclass(frozen=True)
class Stay:
    """From when until when somebody was there."""

    joined_at: datetime
    left_at: datetime


def within(stays: Iterable[Stay], session: Stay) -> list[Stay]:
    """When somebody was there while the session was on: apart, and in order."""
    found: list[Stay] = []
    for stay in sorted(stays, key=lambda one: one.joined_at):
        joined_at = max(stay.joined_at, session.joined_at)
        left_at = min(stay.left_at, session.left_at)
        if left_at <= joined_at:
            continue
        if found and joined_at <= found[-1].left_at:
            found[-1] = Stay(found[-1].joined_at, max(found[-1].left_at, left_at))
        else:
            found.append(Stay(joined_at, left_at))
    return found


def presence(
    stays: Iterable[Stay], session: Stay, *, enough: Fraction = ENOUGH, grace: timedelta = GRACE
) -> Presence:
    """What the stays of one person come to. Who came late and left early is late."""
    there = within(stays, session)
    length = session.left_at - session.joined_at
    total = sum((one.left_at - one.joined_at for one in there), timedelta())
    if not there or total < length * enough.numerator / enough.denominator:
        return Presence.ABSENT
    if there[0].joined_at > session.joined_at + grace:
        return Presence.LATE
    if there[-1].left_at < session.left_at - grace:
        return Presence.LEFT_EARLY
    return Presence.PRESENT
