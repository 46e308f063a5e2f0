"""The calendar as `recurring-ical-events` reads it, which works out occurrences by itself.

python tests/clients/calendars/read.py FOLDER
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import icalendar
import recurring_ical_events


def main() -> None:
    """Compare what is read with what must be, and what is written again with what was read."""
    folder = Path(sys.argv[1])
    text = (folder / "sessions.ics").read_bytes()
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.to_ical() == text, "a round trip changes bytes"
    found = recurring_ical_events.of(calendar).between(
        datetime(2021, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    )
    read = sorted(map(_read, found), key=lambda one: one["sequence"])
    expected = json.loads((folder / "sessions.json").read_text())
    assert read == expected


def _read(event: Any) -> dict[str, Any]:
    starts_at = event.start.astimezone(UTC)
    return {
        "uid": str(event["uid"]),
        "sequence": int(event["sequence"]),
        "status": str(event["status"]),
        "starts_at": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}",
        "ends_at": f"{starts_at + event.duration:%Y-%m-%dT%H:%M:%SZ}",
        "zone": event["dtstart"].params.get("tzid"),
        "title": str(event["summary"]),
        "description": str(event["description"]),
        "place": str(event["location"]),
        "link": str(event["url"]),
    }


if __name__ == "__main__":
    main()
