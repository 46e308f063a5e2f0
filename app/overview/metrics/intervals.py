"""At which instants a series is told: where intervals of the calendar end in a zone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from app.kernel.clock import beginning, day
from app.kernel.vocabularies import Vocabulary

MOST: Final = 400
"""So many moments one series has at the most."""


class SeriesInterval(Vocabulary):
    """How long an interval of a series is. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_MONTHS: Final = {SeriesInterval.MONTH: 1, SeriesInterval.QUARTER: 3, SeriesInterval.YEAR: 12}


def moments(
    since: datetime, until: datetime, interval: SeriesInterval, zone: str
) -> list[datetime]:
    """The ends of the intervals after `since` and before `until`, and `until` itself: the last
    interval may go on. One more than `MOST`, where there are too many."""
    found: list[datetime] = []
    for ends_on in _ends(day(since, zone), interval):
        ends_at = beginning(ends_on, zone)
        if ends_at >= until or len(found) >= MOST:
            break
        if ends_at > since:
            found.append(ends_at)
    return [*found, until]


def _ends(on: date, interval: SeriesInterval) -> Iterator[date]:
    """The first days after each interval, from the one that has this day on."""
    if interval not in _MONTHS:
        begins = on - timedelta(days=on.weekday() if interval is SeriesInterval.WEEK else 0)
        length = timedelta(days=7 if interval is SeriesInterval.WEEK else 1)
        while begins < date.max - length:
            begins += length
            yield begins
        return
    months = _MONTHS[interval]
    number = (on.year * 12 + on.month - 1) // months * months
    while number // 12 < date.max.year - 1:
        number += months
        yield date(number // 12, number % 12 + 1, 1)


def not_to_come(as_of: datetime | None, at: datetime) -> datetime | None:
    """The past moment that is asked about, at an instant; None for the present: nothing is known of
    what is to come."""
    return None if as_of is None or as_of >= at else as_of
