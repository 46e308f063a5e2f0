"""The events of an iCalendar file, each as a draft of a session, or with what stands in its way.

Hours are those on the wall of the zone that an event names; one that names none, or one that nobody
else knows, is told on the wall of a zone that the caller says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from warnings import catch_warnings, simplefilter
from zoneinfo import ZoneInfo, available_timezones

import icalendar

from app.intake.importing.reading import ImportFileUnreadable, is_storable, shortened
from app.intake.importing.report import Remark
from app.learning.sessions.recurrence import Recurrence, RuleUnsound, occurrences
from app.learning.sessions.wall_clocks import on_the_wall

NOUN: Final = "learning_session"
LENGTH: Final = timedelta(minutes=90)
"""That of an event that has none which a session may have."""
_SHORTEST: Final = timedelta(minutes=5)
_LONGEST: Final = timedelta(hours=24)
_FAULTS: Final = (icalendar.InvalidCalendar, icalendar.IncompleteComponent, ValueError, KeyError)


@dataclass(frozen=True)
class Draft:
    """An event, or one time of an event that recurs."""

    name: str
    """By its UID, and its time in the rule where it has one."""
    title: str
    purpose: str | None
    local_start: str
    timezone: str
    minutes: int
    place: str | None
    link: str | None
    remarks: Sequence[Remark] = ()

    @property
    def content(self) -> Mapping[str, Any]:
        """What would have to change for the event to be another."""
        told = ("title", "purpose", "local_start", "timezone", "minutes", "place", "link")
        return {name: getattr(self, name) for name in told}


@dataclass(frozen=True)
class Refused:
    """An event that cannot be a session."""

    name: str
    remark: Remark

    @property
    def content(self) -> Mapping[str, Any]:
        return {"title": None}


@dataclass
class _Reading:
    """One event while it is read: what is said of it gathers."""

    name: str
    zone: str
    remarks: list[Remark] = field(default_factory=list[Remark])

    def remark(self, code: str, detail: str) -> None:
        self.remarks.append(Remark(NOUN, self.name, code, detail))


def drafts_in(content: bytes, name: str, zone: str) -> list[Draft | Refused]:
    """Every event of a file. Raises ImportFileUnreadable for what is no calendar."""
    calendars = _read(content, name)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    moved = {(_text(one, "uid"), _moved_from(one)) for one in events if "recurrence-id" in one}
    found: list[Draft | Refused] = []
    named: set[str] = set()
    for place, event in enumerate(events, start=1):
        for one in _of(event, place, zone, moved):
            if one.name in named:
                detail = "The file has another event of this UID."
                one = Refused(one.name, Remark(NOUN, one.name, "listed_twice", detail))  # noqa: PLW2901
            named.add(one.name)
            found.append(one)
    return found


def _read(content: bytes, name: str) -> Sequence[Any]:
    with catch_warnings():  # of zones that are guessed by their name, which is what is wanted
        simplefilter("ignore")
        try:
            found = icalendar.Calendar.from_ical(content, multiple=True)
        except (ValueError, KeyError, IndexError) as fault:
            raise ImportFileUnreadable(f"{name} is no calendar (RFC 5545).") from fault
    if not found:
        raise ImportFileUnreadable(f"{name} is no calendar (RFC 5545).")
    return found


def _of(
    event: Any, place: int, zone: str, moved: set[tuple[str | None, str]]
) -> Iterator[Draft | Refused]:
    uid = _text(event, "uid")
    name = uid or f"event {place}"
    if uid is not None and "recurrence-id" in event:
        name = f"{uid}#{_moved_from(event)}"
    if uid is None or not is_storable(uid):
        detail = "It has no UID by which it would be known again."
        yield Refused(name, Remark(NOUN, name, "uid_missing", detail))
    elif str(event.get("status", "")).upper() == "CANCELLED":
        yield Refused(name, Remark(NOUN, name, "event_cancelled", "It was cancelled."))
    else:
        reading = _Reading(name, zone)
        try:
            yield from _drafts(event, uid, reading, moved)
        except RuleUnsound as unsound:
            detail = f"Its rule {unsound}."
            yield Refused(name, Remark(NOUN, name, "recurrence_unsound", detail))
        except _FAULTS:
            detail = "Its time cannot be read."
            yield Refused(name, Remark(NOUN, name, "time_malformed", detail))


def _drafts(
    event: Any, uid: str, reading: _Reading, moved: set[tuple[str | None, str]]
) -> Iterator[Draft]:
    begins, zone = _begins(event.start, reading)
    minutes = _length(event, reading) // timedelta(minutes=1)
    title = shortened(_text(event, "summary") or "", 200)
    if not title:
        title = "Session"
        reading.remark("title_missing", "It has no title.")
    link = _text(event, "url")
    if link is not None and (not link.startswith(("https://", "http://")) or len(link) > 2_000):
        link = None
        reading.remark("link_malformed", "Its address is none of the web: it is left out.")
    place = _text(event, "location")
    purpose = (_text(event, "description") or "")[:10_000].strip()
    recurs = "rrule" in event and "recurrence-id" not in event
    for at in _times(event, begins, zone) if recurs else [begins]:
        local_start = f"{at:%Y-%m-%dT%H:%M}"
        if recurs and (uid, local_start) in moved:
            continue
        yield Draft(
            name=f"{uid}#{local_start}" if recurs else reading.name,
            title=title,
            purpose=purpose or None,
            local_start=local_start,
            timezone=zone,
            minutes=minutes,
            place=shortened(place, 500) if place else None,
            link=link,
            remarks=tuple(reading.remarks),
        )


def _begins(start: date, reading: _Reading) -> tuple[datetime, str]:
    """When it begins on the wall, and of which zone."""
    if not isinstance(start, datetime):
        reading.remark("time_missing", "It has a day and no hour: it is put at midnight.")
        return datetime.fromisoformat(start.isoformat()), reading.zone
    if start.tzinfo is None:
        return start, reading.zone
    key = getattr(start.tzinfo, "key", None)
    if key in available_timezones() and key != "UTC":
        return start.replace(tzinfo=None), str(key)
    if key != "UTC" and start.tzname() != "UTC":
        reading.remark("zone_unknown", f"Its zone has no IANA name: it is told in {reading.zone}.")
    return on_the_wall(start, reading.zone), reading.zone


def _length(event: Any, reading: _Reading) -> timedelta:
    length = event.duration
    if isinstance(event.start, datetime) and _SHORTEST <= length <= _LONGEST:
        return length
    reading.remark("length_unfit", "A session takes from five minutes to a day: it is 90 minutes.")
    return LENGTH


def _times(event: Any, begins: datetime, zone: str) -> Sequence[datetime]:
    """The times on the wall of an event that recurs. Raises RuleUnsound."""
    rule = event["rrule"]
    if isinstance(rule, list):
        raise RuleUnsound("must be one")
    added = [one for one in _dates(event, "rdate", zone) if one >= begins]
    written = rule.to_ical().decode()
    return occurrences(begins, zone, Recurrence(written, added, _dates(event, "exdate", zone)))


def _dates(event: Any, name: str, zone: str) -> list[datetime]:
    lists = event.get(name, [])
    every = [one.dt for some in (lists if isinstance(lists, list) else [lists]) for one in some.dts]
    return [_at(one, zone) for one in every]


def _at(one: Any, zone: str) -> datetime:
    if isinstance(one, tuple):
        one = one[0]
    if not isinstance(one, datetime):
        return datetime.fromisoformat(one.isoformat())
    return one if one.tzinfo is None else one.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _moved_from(event: Any) -> str:
    return f"{_wall(event['recurrence-id'].dt):%Y-%m-%dT%H:%M}"


def _wall(one: date) -> datetime:
    if not isinstance(one, datetime):
        return datetime.fromisoformat(one.isoformat())
    return one.replace(tzinfo=None)


def _text(event: Any, name: str) -> str | None:
    said = event.get(name)
    said = said[0] if isinstance(said, list) else said
    return None if said is None else str(said).strip() or None
