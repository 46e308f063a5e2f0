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


OFFICE_HOURS: Final = Curve(
    (
        Block(time(0), 20),
        Block(time(6), 6),
        Block(time(7), 3),
        Block(time(8), 1),
        Block(time(9), 0),
        Block(time(17), 1),
        Block(time(18), 3),
        Block(time(20), 6),
        Block(time(22), 20),
    ),
    weekend=20,
)
"""Free of cost from nine to five; from ten in the evening until six it is night."""


def inconvenience(
    starts_at: datetime, length: timedelta, zone: str, curve: Curve = OFFICE_HOURS
) -> int:
    """What a session costs somebody who is in the zone: as much as its worst moment there."""
    moments = range(max(1, -(-length // _STEP)))
    return max(curve.at(on_the_wall(starts_at + number * _STEP, zone)) for number in moments)
