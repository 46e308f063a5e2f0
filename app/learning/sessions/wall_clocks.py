"""From what a clock on the wall says in an IANA zone to the instant that is meant, and back.

An hour that the clocks leap over is counted with the offset from before the change, and one that
comes twice is meant as the first of the two: as RFC 5545 says in 3.3.5.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant_of(on_the_wall: datetime, zone: str) -> datetime:
    """The instant in UTC that a wall clock in the zone means. Raises ValueError for what has an
    offset already."""
    if on_the_wall.tzinfo is not None:
        raise ValueError("a clock on the wall says no offset")
    return on_the_wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def on_the_wall(at: datetime, zone: str) -> datetime:
    """What the clock on the wall in the zone says at an instant."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
