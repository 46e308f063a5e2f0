"""Sessions as iCalendar, without a database: zones, order, and what a reader makes of the bytes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from app.learning.sessions.calendars.icalendars import (
    Event,
    EventStatus,
    Invited,
    Method,
    observances,
    written,
)

AT = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
ODD = 'A "talk", with; all\\sorts\n of things: \u00e9\u2028 and more ' + "x" * 200


def event(starts: str = "2026-03-10T10:00", zone: str = "Europe/London", **more: Any) -> Event:
    begins = datetime.fromisoformat(starts).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    made = Event(
        uid=f"{starts}-{zone}",
        sequence=2,
        status=EventStatus.CONFIRMED,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=90),
        timezone=zone,
        title="A talk",
        purpose=None,
        kind="workshop",
        place=None,
        link=None,
        created_at=AT,
        updated_at=AT,
    )
    return replace(made, **more)


def test_every_byte_is_as_it_was_whatever_the_order() -> None:
    some = [event(), event("2026-03-09T10:00"), event(zone="Asia/Kolkata")]
    assert written("Ours", some) == written("Ours", reversed(some))


def test_what_is_written_is_read_again() -> None:
    odd = event(title=ODD.replace("\n", " "), purpose=ODD, place="Room 1", link="https://a.example")
    text = written("Ours", [odd])
    [read] = icalendar.Calendar.from_ical(text).events
    assert str(read["summary"]) == odd.title
    assert str(read["description"]) == odd.purpose
    assert (read.start, read.duration) == (odd.starts_at, timedelta(minutes=90))
    assert (read["dtstamp"].dt, read["sequence"]) == (AT.replace(microsecond=0), 2)
    assert (read["location"], read["url"]) == ("Room 1", "https://a.example")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert icalendar.Calendar.from_ical(text).to_ical() == text


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Europe/London", ["2026-03-29T01:00", "2026-10-25T02:00"]),
        ("America/Los_Angeles", ["2026-03-08T02:00", "2026-11-01T02:00"]),
        ("Australia/Lord_Howe", ["2026-04-05T02:00", "2026-10-04T02:00"]),
        ("Africa/Casablanca", ["2026-02-15T03:00", "2026-03-22T02:00"]),
        ("Asia/Kolkata", []),
    ],
)
def test_clocks_change_when_they_do(zone: str, changes: list[str]) -> None:
    first, *others = observances(zone, 2026, 2026)
    assert first.before == first.after
    assert first.begins == datetime.fromisoformat("2026-01-01") + first.after
    assert [f"{one.begins:%Y-%m-%dT%H:%M}" for one in others] == changes


def test_a_zone_goes_along_under_its_own_name() -> None:
    calendar = icalendar.Calendar.from_ical(
        written("Ours", [event(), event(zone="America/New_York"), event("2026-03-11T10:00")])
    )
    names = [str(zone["tzid"]) for zone in calendar.timezones]
    assert names == ["America/New_York", "Europe/London"]


def test_an_hour_that_is_leapt_over_or_comes_twice() -> None:
    leapt = event("2026-03-29T01:30")
    twice = event("2026-10-25T01:30")
    first, second = icalendar.Calendar.from_ical(written("Ours", [leapt, twice])).events
    assert first["dtstart"].to_ical() == b"20260329T023000"
    assert second["dtstart"].to_ical() == b"20261025T003000Z"
    assert second.duration == timedelta(minutes=90)


def test_a_calendar_without_sessions() -> None:
    assert written("Ours", []).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Peer learning network//Learning sessions//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Ours",
        "X-WR-CALNAME:Ours",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "END:VCALENDAR",
        "",
    ]


def test_a_letter_says_what_it_asks_and_of_whom() -> None:
    lena = Invited("Lena, Lead", "lena@example.org", "The network", "net@example.org")
    text = written("Ours", [event()], method=Method.REQUEST, invited=lena)
    calendar = icalendar.Calendar.from_ical(text)
    [asked] = calendar.events
    assert (calendar["method"], "name" in calendar) == ("REQUEST", False)
    assert (asked["organizer"], asked["attendee"]) == (
        "mailto:net@example.org",
        "mailto:lena@example.org",
    )
    assert dict(asked["attendee"].params) == {"CN": "Lena, Lead", "PARTSTAT": "NEEDS-ACTION"}
