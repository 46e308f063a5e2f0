"""How an operation that is to go says so: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).

It goes on doing what it did for half a year at least; the document marks it, and names what to call
instead.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Final

from starlette.datastructures import MutableHeaders

NOTICE: Final = timedelta(days=182)
"""How long an operation stays after it was said that it goes."""


@dataclass(frozen=True)
class Deprecation:
    """That an operation goes: since when that is known, when it ends, and what to call instead."""

    since: date
    sunset: date
    instead: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError("clients have half a year to change over")

    def told(self) -> str:
        """The same for people."""
        return f"Deprecated since {self.since}, until {self.sunset}: call `{self.instead}` instead."

    def dress(self, headers: MutableHeaders) -> None:
        """Put it on an answer."""
        headers["Deprecation"] = f"@{int(_midnight(self.since).timestamp())}"
        headers["Sunset"] = format_datetime(_midnight(self.sunset), usegmt=True)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
