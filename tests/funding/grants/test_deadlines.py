"""When days begin and end, and what that makes of a milestone."""

from datetime import UTC, date, datetime

import pytest

from app.funding.grants.deadlines import Timing, beginning, end, timing


@pytest.mark.parametrize(
    ("day", "timezone", "begins", "ends"),
    [
        ("2026-01-31", "Europe/London", "2026-01-31T00:00Z", "2026-02-01T00:00Z"),
        ("2026-03-29", "Europe/London", "2026-03-29T00:00Z", "2026-03-29T23:00Z"),
        ("2026-10-25", "Europe/London", "2026-10-24T23:00Z", "2026-10-26T00:00Z"),
        ("2026-05-31", "Asia/Kathmandu", "2026-05-30T18:15Z", "2026-05-31T18:15Z"),
        ("2026-05-31", "Pacific/Kiritimati", "2026-05-30T10:00Z", "2026-05-31T10:00Z"),
        ("2026-09-06", "America/Santiago", "2026-09-06T04:00Z", "2026-09-07T03:00Z"),
        ("2200-12-31", "UTC", "2200-12-31T00:00Z", "2201-01-01T00:00Z"),
    ],
)
def test_days(day: str, timezone: str, begins: str, ends: str) -> None:
    assert beginning(date.fromisoformat(day), timezone) == datetime.fromisoformat(begins)
    assert end(date.fromisoformat(day), timezone) == datetime.fromisoformat(ends)


OPENS, DUE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "awaits", "reported", "expected"),
    [
        ("2026-04-30T23:59:59Z", True, None, Timing(False, False, False)),
        ("2026-05-01T00:00:00Z", True, None, Timing(True, False, False)),
        ("2026-05-31T23:59:59Z", True, None, Timing(True, False, False)),
        ("2026-06-01T00:00:00Z", True, None, Timing(False, True, False)),
        ("2026-06-02T00:00:00Z", False, "2026-05-31T23:59:59Z", Timing(False, False, False)),
        ("2026-06-02T00:00:00Z", False, "2026-06-01T00:00:00Z", Timing(False, False, True)),
        ("2026-06-02T00:00:00Z", False, None, Timing(False, False, False)),
    ],
)
def test_timing(at: str, awaits: bool, reported: str | None, expected: Timing) -> None:
    found = timing(
        awaits_report=awaits,
        opens_at=OPENS,
        due_at=DUE,
        reported_at=datetime.fromisoformat(reported) if reported else None,
        at=datetime.fromisoformat(at),
    )
    assert found == expected
