"""Days that are counted from another day of a grant, and what comes of them."""

from datetime import date, timedelta
from enum import StrEnum


class TemplateAnchor(StrEnum):
    """From which day of the grant it is counted."""

    GRANT_START = "grant_start"
    GRANT_END = "grant_end"


def days_from_start(anchor: TemplateAnchor, days: int, *, ends_after_days: int) -> int:
    """How many days after the grant's start a day is that lies `days` after its anchor."""
    return days if anchor is TemplateAnchor.GRANT_START else ends_after_days + days


def day(starts_on: date, days: int) -> date:
    """The day that many days after the start; before it where they are negative."""
    return starts_on + timedelta(days=days)
