"""Sessions as an iCalendar object (RFC 5545), the same bytes for the same sessions.

Each begins at an hour on the wall of its IANA zone and has a length: an end on the wall could be
meant twice, and where the beginning could, it is told in UTC. What a zone did in the years of the
calendar goes along, from the tables of `zoneinfo`, under its own name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import icalendar

PRODUCT: Final = "-//Peer learning network//Learning sessions//EN"
REFRESHED: Final = timedelta(hours=1)
"""How often whoever subscribes is asked to look again."""

_DAY: Final = timedelta(days=1)
_KINDS: Final = {True: icalendar.TimezoneDaylight, False: icalendar.TimezoneStandard}


class EventStatus(StrEnum):
    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Method(StrEnum):
    """What a letter asks of the calendar of whoever reads it (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Event:
    """One session, as calendars show it."""

    uid: str
    sequence: int
    status: EventStatus
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    purpose: str | None
    kind: str
    place: str | None
    link: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Invited:
    """Whom a letter invites, and in whose name."""

    name: str
    email: str
    organiser: str
    organiser_email: str


def written(
    name: str,
    events: Iterable[Event],
    *,
    method: Method | None = None,
    invited: Invited | None = None,
) -> bytes:
    """The events as one calendar, the earliest first."""
    found = sorted(events, key=lambda one: (one.starts_at, one.uid))
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method.value)
    else:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESHED, {"value": "DURATION"})
        calendar.add("x-published-ttl", "PT1H")
    for component in (*_zones(found), *(_event(one, invited) for one in found)):
        calendar.add_component(component)
    return calendar.to_ical()


def _event(event: Event, invited: Invited | None) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", event.uid)
    made.add("sequence", event.sequence)
    made.add("status", event.status.value)
    made.add("dtstamp", _whole(event.updated_at))
    made.add("created", _whole(event.created_at))
    made.add("last-modified", _whole(event.updated_at))
    made.add("dtstart", _beginning(event))
    made.add("duration", event.ends_at - event.starts_at)
    made.add("summary", event.title)
    made.add("categories", [event.kind])
    made.add("transp", "OPAQUE" if event.status == EventStatus.CONFIRMED else "TRANSPARENT")
    for name, value in {
        "description": event.purpose,
        "location": event.place or event.link,
        "url": event.link,
    }.items():
        if value is not None:
            made.add(name, value)
    if invited is not None:
        made.add("organizer", _address(invited.organiser_email, invited.organiser))
        attendee = _address(invited.email, invited.name)
        attendee.params["partstat"] = "NEEDS-ACTION"
        made.add("attendee", attendee)
    return made


def _beginning(event: Event) -> datetime:
    """When it begins, on the wall of its zone; in UTC at an hour that comes twice, of which some
    readers take the second."""
    on_the_wall = event.starts_at.astimezone(ZoneInfo(event.timezone))
    offsets = {on_the_wall.replace(fold=fold).utcoffset() for fold in (0, 1)}
    return on_the_wall if len(offsets) == 1 else event.starts_at.astimezone(UTC)


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _address(email: str, name: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{email}")
    address.params["cn"] = name
    return address


def _zones(events: Sequence[Event]) -> Iterator[icalendar.Timezone]:
    """Each zone that is named, with what its clocks did from the year before the first event to
    the year after the last: all a reader needs, and the same at each asking."""
    if not events:
        return
    begins = events[0].starts_at.year - 1
    ends = max(one.ends_at.year for one in events) + 1
    for name in sorted({one.timezone for one in events}):
        zone = icalendar.Timezone()
        zone.add("tzid", name)
        for observance in observances(name, begins, ends):
            kind = (
                icalendar.TimezoneDaylight if observance.is_summer else icalendar.TimezoneStandard
            )
            part: Any = kind()
            part.add("dtstart", observance.begins)
            part.add("tzoffsetfrom", observance.before)
            part.add("tzoffsetto", observance.after)
            part.add("tzname", observance.name)
            zone.add_component(part)
        yield zone


@dataclass(frozen=True)
class Observance:
    """From when on, by the clock before it, a zone has which offset."""

    begins: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


@lru_cache(maxsize=256)
def observances(zone: str, begins: int, ends: int) -> Sequence[Observance]:
    """What the clocks of a zone did from one year to another, and first how they stood."""
    info = ZoneInfo(zone)
    at = datetime(begins, 1, 1, tzinfo=UTC)
    found = [_observed(info, at, at)]
    while at.year <= ends:
        if _offset(info, at) != _offset(info, at + _DAY):
            found.append(_observed(info, *_change(info, at)))
        at += _DAY
    return tuple(found)


def _change(info: ZoneInfo, at: datetime) -> tuple[datetime, datetime]:
    """The last second of the old offset and the first of the new, within a day from `at`."""
    old, new = at, at + _DAY
    while new - old > timedelta(seconds=1):
        middle = old + timedelta(seconds=(new - old) // timedelta(seconds=2))
        old, new = (middle, new) if _offset(info, middle) == _offset(info, at) else (old, middle)
    return old, new


def _observed(info: ZoneInfo, old: datetime, new: datetime) -> Observance:
    before = _offset(info, old)
    local = new.astimezone(info)
    return Observance(
        begins=(new + before).replace(tzinfo=None),
        before=before,
        after=_offset(info, new),
        name=local.tzname() or "",
        is_summer=bool(local.dst()),
    )


def _offset(info: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(info).utcoffset() or timedelta()
