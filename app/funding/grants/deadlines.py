"""When a day ends somewhere, and what that makes of a milestone."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.kernel.clock import beginning

REPORTING_WINDOW = timedelta(days=30)
"""How long before its due date a milestone is expected to be reported, unless agreed otherwise."""


def end(day: date, timezone: str) -> datetime:
    """The first instant after a day in an IANA zone, in UTC: what is done then is too late."""
    return beginning(day + timedelta(days=1), timezone)


class MilestoneStanding(StrEnum):
    """What a milestone's dates say of it; the last may go with any status."""

    DUE = "due"
    OVERDUE = "overdue"
    LATE = "late"


@dataclass(frozen=True)
class Timing:
    """What a milestone's dates say of it at an instant."""

    is_due: bool
    is_overdue: bool
    is_late: bool


def timing(
    *,
    awaits_report: bool,
    opens_at: datetime,
    due_at: datetime,
    reported_at: datetime | None,
    at: datetime,
) -> Timing:
    """`is_due` while a report is expected and in time, `is_overdue` while one is missing after
    the due date, `is_late` for ever when the first one came after it."""
    return Timing(
        is_due=awaits_report and opens_at <= at < due_at,
        is_overdue=awaits_report and at >= due_at,
        is_late=reported_at is not None and reported_at >= due_at,
    )
