"""Until when an offer stands."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def after_hours(at: datetime, hours: int, zone: str) -> datetime:
    """The instant at which a clock on the wall in `zone` has moved on by `hours` since `at`.

    72 hours from nine o'clock is nine o'clock, also where the clocks change in between.
    """
    on_the_wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(hours=hours)
    return on_the_wall.replace(tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)
