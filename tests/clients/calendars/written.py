"""A calendar as the service writes it, and beside it what a reader must make of it.

python tests/clients/calendars/written.py FOLDER
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from app.learning.sessions.calendars.icalendars import Event, EventStatus, written  # noqa: E402

STAMP = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
MEETINGS = (
    ("2021-03-16T10:00", "Europe/Oslo"),
    ("2021-05-11T12:00", "Europe/Oslo"),
    ("2021-03-16T03:00", "America/Los_Angeles"),
    ("2026-03-24T10:00", "Europe/London"),
    ("2026-03-31T10:00", "Europe/London"),
    ("2026-03-29T01:30", "Europe/London"),
    ("2026-03-29T02:30", "Europe/London"),
    ("2026-10-25T01:30", "Europe/London"),
    ("2026-04-05T01:45", "Australia/Lord_Howe"),
    ("2026-10-04T02:15", "Australia/Lord_Howe"),
    ("2026-02-15T02:30", "Africa/Casablanca"),
    ("2026-07-01T10:00", "Asia/Kolkata"),
    ("2026-12-31T23:30", "Pacific/Auckland"),
)
"""Hours on the wall, some when the clocks change: one is leapt over, three come twice."""
TWICE = (
    datetime(2026, 2, 15, 1, 30, tzinfo=UTC),
    datetime(2026, 4, 4, 14, 45, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
)
"""When those begin that come twice on the wall: they are told in UTC."""
ODD = 'A "talk", with; all\\sorts of things: \u00e9\u4e2d \U0001f642 and more ' + "x" * 200


def main() -> None:
    """Write the calendar and what it says."""
    folder = Path(sys.argv[1])
    events = [_event(number, *meeting) for number, meeting in enumerate(MEETINGS)]
    (folder / "sessions.ics").write_bytes(written(ODD, events))
    (folder / "sessions.json").write_text(json.dumps([_expected(event) for event in events]))


def _event(number: int, on_the_wall: str, zone: str) -> Event:
    starts_at = datetime.fromisoformat(on_the_wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return Event(
        uid=f"session-{number}",
        sequence=number,
        status=list(EventStatus)[number % len(EventStatus)],
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45 + number),
        timezone=zone,
        title=ODD,
        purpose=f"{ODD}\n{ODD}",
        kind="workshop",
        place=ODD,
        link="https://example.org/rooms/1?a=b&c=d,e",
        created_at=STAMP,
        updated_at=STAMP,
    )


def _expected(event: Event) -> dict[str, object]:
    return {
        "uid": event.uid,
        "sequence": event.sequence,
        "status": event.status,
        "starts_at": f"{event.starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{event.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "zone": None if event.starts_at in TWICE else event.timezone,
        "title": event.title,
        "description": event.purpose,
        "place": event.place,
        "link": event.link,
    }


if __name__ == "__main__":
    main()
