"""When a series meets: a rule of RFC 5545 read off the wall clock of one stated zone.

The rule is expanded by the hours on the wall, so that a weekly session stays at its hour when the
clocks change; only then is each looked up as an instant (`wall_clocks`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from re import fullmatch
from typing import Final

from dateutil.rrule import rrule, rrulestr

from app.learning.sessions.wall_clocks import on_the_wall

MOST: Final = 60
"""How many sessions a series has at the most."""

FARTHEST: Final = timedelta(days=3 * 366)
"""How far ahead of the first the last may be."""

_PART: Final = r"[A-Z]+=[A-Z0-9,+-]+"
_FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_PARTS: Final = frozenset(
    "FREQ UNTIL COUNT INTERVAL BYDAY BYMONTHDAY BYYEARDAY BYWEEKNO BYMONTH BYSETPOS WKST".split()
)
_UNTIL: Final = r"\d{8}(T\d{6}Z)?"
_POSITIVE: Final = r"[1-9]\d{0,3}"
_TOO_FAR: Final = "must end within three years of the first session"
_UNREADABLE: Final = "must be a recurrence rule of RFC 5545, such as FREQ=WEEKLY;COUNT=6"


class RuleUnsound(ValueError):
    """The rule is none that a series can follow; what it says is for people."""


@dataclass(frozen=True)
class Recurrence:
    """A rule, what is added to what it gives, and what is left out, all by the wall clock."""

    rule: str
    added: Collection[datetime] = ()
    left_out: Collection[datetime] = ()


def occurrences(first: datetime, zone: str, recurrence: Recurrence) -> list[datetime]:
    """Every time on the wall at which the series meets, in order, none twice.

    `first` is the first that the rule gives, and begins the series whatever is left out. Raises
    RuleUnsound for a rule that cannot be read, has no end, begins elsewhere than at `first`, or
    leads farther or to more sessions than a series may have.
    """
    given = _given(first, zone, recurrence.rule)
    if not given or given[0] != first:
        raise RuleUnsound("must give the first session itself: begin on a day of the rule")
    if any(not first <= one <= first + FARTHEST for one in recurrence.added):
        raise RuleUnsound(_TOO_FAR)
    kept = sorted((set(given) | set(recurrence.added)) - set(recurrence.left_out))
    if len(given) > MOST or len(kept) > MOST:
        raise RuleUnsound(f"must give at most {MOST} sessions")
    return kept


def _given(first: datetime, zone: str, rule: str) -> list[datetime]:
    """What the rule alone gives, looked for no farther than a series may go: a rule of which
    nothing more comes would be followed to the end of the calendar."""
    parts = _parts_of(rule)
    horizon = first + FARTHEST
    count = min(int(parts.pop("COUNT", MOST + 1)), MOST + 1)
    is_counted = "UNTIL" not in parts
    until = horizon if is_counted else _last_on_the_wall(parts.pop("UNTIL"), zone)
    written = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        followed = rrulestr(written, dtstart=first)
        assert isinstance(followed, rrule), "one rule, and no lines of another kind"
        found = list(islice(followed.replace(until=min(until, horizon)), count))
    except (ValueError, OverflowError):
        raise RuleUnsound(_UNREADABLE) from None
    if found and (until > horizon or (is_counted and len(found) < count)):
        raise RuleUnsound(_TOO_FAR)
    return found


def _parts_of(rule: str) -> dict[str, str]:
    written = rule.split(";")
    if not all(fullmatch(_PART, part) for part in written):
        raise RuleUnsound(_UNREADABLE)
    parts = dict(part.split("=", 1) for part in written)
    if len(parts) < len(written) or not parts.keys() <= _PARTS:
        raise RuleUnsound("must name each part once, and none smaller than a day")
    if parts.get("FREQ") not in _FREQUENCIES:
        raise RuleUnsound("must have a FREQ of DAILY, WEEKLY, MONTHLY or YEARLY")
    if ("COUNT" in parts) is ("UNTIL" in parts):
        raise RuleUnsound("must end by COUNT or by UNTIL")
    if not all(fullmatch(_POSITIVE, parts.get(name, "1")) for name in ("COUNT", "INTERVAL")):
        raise RuleUnsound("must count from 1 to 9999")
    return {"WKST": "MO"} | parts


def _last_on_the_wall(until: str, zone: str) -> datetime:
    """The end of the rule, an instant in UTC or a day, as the wall clock of the zone says it."""
    if not fullmatch(_UNTIL, until):
        raise RuleUnsound("must write UNTIL as 20261231T230000Z, or as 20261231")
    try:
        if until.endswith("Z"):
            at = datetime.strptime(until.replace("Z", "+0000"), "%Y%m%dT%H%M%S%z")
            return on_the_wall(at, zone)
        return datetime.fromisoformat(f"{until}T235959")
    except (ValueError, OverflowError):
        raise RuleUnsound("must end on a day that there is") from None
