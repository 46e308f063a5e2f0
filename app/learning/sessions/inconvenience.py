"""How inconvenient an hour is where somebody is, by the worst block of the day that it touches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from app.learning.sessions.wall_clocks import on_the_wall

_STEP: Final = timedelta(minutes=5)


@dataclass(frozen=True)
class Block:
    """A part of the day, and what it costs to meet in it."""

    begins: time
    cost: int


@dataclass(frozen=True)
class Curve:
    """What the day costs, block after block from midnight on, and what the weekend adds."""

    blocks: Sequence[Block]
    weekend: int

    def at(self, moment: datetime) -> int:
        """What it costs at one time on the wall."""
        cost = [one.cost for one in self.blocks if one.begins <= moment.time()][-1]
        return cost + (self.weekend if moment.weekday() >= 5 else 0)


_DAY: Final = 24 * 60
_NIGHT: Final = 20
_BEFORE: Final = ((60, 1), (120, 3), (180, 6))
"""What it costs to meet up to so many minutes before work begins."""
_AFTERWARDS: Final = ((60, 1), (180, 3), (300, 6))
"""What it costs to meet up to so many minutes after it has ended."""


def working(begins: time, ends: time) -> Curve:
    """The day of somebody who works from one hour to the other, by night where it ends earlier
    than it begins; at any hour where it is the same. Weekends cost as much as nights."""
    start, end = _minutes(begins), _minutes(ends)
    edges = {start, *(start - early for early, _ in _BEFORE)}
    edges |= {0, end, *(end + late for late, _ in _AFTERWARDS)}
    blocks = [
        Block(time(*divmod(minute, 60)), _cost(minute, start, end))
        for minute in sorted(edge % _DAY for edge in edges)
    ]
    return Curve(tuple(blocks), weekend=_NIGHT)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _cost(minute: int, start: int, end: int) -> int:
    if (minute - start) % _DAY < ((end - start) % _DAY or _DAY):
        return 0
    before = [cost for early, cost in _BEFORE if (start - minute) % _DAY <= early]
    after = [cost for late, cost in _AFTERWARDS if (minute - end) % _DAY < late]
    return min([*before, *after, _NIGHT])


OFFICE_HOURS: Final = working(time(9), time(17))
"""Free of cost from nine to five; from ten in the evening until six it is night."""


def inconvenience(
    starts_at: datetime, length: timedelta, zone: str, curve: Curve = OFFICE_HOURS
) -> int:
    """What a session costs somebody who is in the zone: as much as its worst moment there."""
    moments = range(max(1, -(-length // _STEP)))
    return max(curve.at(on_the_wall(starts_at + number * _STEP, zone)) for number in moments)
