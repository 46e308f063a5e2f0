"""Who was in a meeting, as Zoom, Teams and Meet report it: a table with a line for each time that
somebody joined, or for each person, between lines that are about the meeting.

Nobody is known by what they are called there. Hours are those on the wall of a stated zone, and
days are written one way or the other: that is taken by which they lie nearest to the session.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from re import fullmatch
from typing import Final

from app.learning.sessions.presence import Stay
from app.learning.sessions.wall_clocks import instant_of, on_the_wall

MOST: Final = 5_000
"""How many lines a report has at the most."""


class ReportForm(StrEnum):
    """Whose report it is."""

    ZOOM = "zoom"
    TEAMS = "teams"
    MEET = "meet"


class ReportUnreadable(ValueError):
    """The text is no report of a meeting."""


@dataclass(frozen=True)
class Attendant:
    """A line of a report: what somebody was called there, and when they were there."""

    line: int
    name: str
    email: str | None
    stay: Stay


@dataclass(frozen=True)
class Unread:
    """A line that cannot be read."""

    line: int
    detail: str


@dataclass(frozen=True)
class MeetingReport:
    """What a report says."""

    form: ReportForm
    attendants: Sequence[Attendant]
    unread: Sequence[Unread]


_NAMES: Final = ("name (original name)", "name", "full name", "participant")
_EMAILS: Final = ("user email", "email", "email address", "participant id (upn)")
_JOINED: Final = ("join time", "first join", "time joined", "joined at")
_LEFT: Final = ("leave time", "last leave", "time exited", "left at")
_FORMS: Final = (
    (ReportForm.MEET, "time exited"),
    (ReportForm.TEAMS, "in-meeting duration"),
    (ReportForm.TEAMS, "role"),
    (ReportForm.ZOOM, "leave time"),
)
_DATED: Final = (
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p",
    "%m/%d/%y %I:%M:%S %p",
    "%d/%m/%y %I:%M:%S %p",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
)
_HOURS: Final = ("%I:%M:%S %p", "%I:%M %p", "%H:%M:%S", "%H:%M")
_NEAR: Final = timedelta(days=1)
_UNDATED: Final = "Its times cannot be read, or are not near the session."


def read_report(text: str, session: Stay, zone: str) -> MeetingReport:
    """Who was in the meeting of a session. Raises ReportUnreadable."""
    rows = list(enumerate(_rows(text), start=1))
    if len(rows) > MOST:
        raise ReportUnreadable(f"It has more than {MOST} lines.")
    heads = [(line, head) for line, cells in rows if (head := _head(cells))]
    if not heads:
        raise ReportUnreadable
    # Teams sums people up first, and tells each time that they joined in a table below.
    begins, head = max(heads, key=lambda one: ("join time" in one[1], -one[0]))
    attendants: list[Attendant] = []
    unread: list[Unread] = []
    for line, cells in rows[begins:]:
        if not any(cells) or _head(cells):
            break
        found = _attendant(line, _named(head, cells), session, zone)
        if isinstance(found, Attendant):
            attendants.append(found)
        elif found is not None:
            unread.append(found)
    return MeetingReport(_form(head), attendants, unread)


def _rows(text: str) -> Iterator[Sequence[str]]:
    text = text.removeprefix("\ufeff")
    some = text[:20_000]
    delimiter = max("\t;,", key=some.count)
    for cells in csv.reader(text.splitlines(), delimiter=delimiter):
        yield [cell.strip() for cell in cells]


def _head(cells: Iterable[str]) -> Sequence[str]:
    """The names of the columns, where a line is one that names them."""
    named = [cell.lower() for cell in cells]
    return named if _one_of(_JOINED, named) and _one_of(_LEFT, named) else ()


def _one_of(wanted: Iterable[str], named: Iterable[str]) -> str | None:
    return next((one for one in wanted if one in named), None)


def _named(head: Sequence[str], cells: Sequence[str]) -> Mapping[str, str]:
    return dict(zip(head, cells, strict=False))


def _form(head: Sequence[str]) -> ReportForm:
    return next((form for form, column in _FORMS if column in head), ReportForm.ZOOM)


def _attendant(
    line: int, told: Mapping[str, str], session: Stay, zone: str
) -> Attendant | Unread | None:
    """Who a line is about; None for whoever was kept waiting and never let in."""
    if told.get("in waiting room", "").lower() == "yes":
        return None
    times = [told.get(_one_of(names, told) or "", "") for names in (_JOINED, _LEFT)]
    joined_at, left_at = (_instant(one, session, zone) for one in times)
    if joined_at is None or left_at is None:
        return Unread(line, _UNDATED)
    if left_at <= joined_at:
        return Unread(line, "It ends before it begins.")
    whole = " ".join(filter(None, (told.get("first name"), told.get("last name"))))
    name = whole or told.get(_one_of(_NAMES, told) or "", "")
    email = next((told[one] for one in _EMAILS if "@" in told.get(one, "")), None)
    return Attendant(line, name[:200], email, Stay(joined_at, left_at))


def _instant(written: str, session: Stay, zone: str) -> datetime | None:
    """What a clock on the wall meant, near the session; an hour alone is of the session's day."""
    text = " ".join(written.replace(",", " ").replace("\u202f", " ").split()).upper()
    if fullmatch(r".*\d:\d\d( [AP]M)?", text) and not fullmatch(r".*\d:\d\d:\d\d( [AP]M)?", text):
        head, blank, half = text.partition(" AM") if " AM" in text else text.partition(" PM")
        text = f"{head}:00{blank}{half}"
    found = [instant_of(one, zone) for one in _readings(text, on_the_wall(session.joined_at, zone))]
    near = [one for one in found if session.joined_at - _NEAR < one < session.left_at + _NEAR]
    return min(near, key=lambda one: abs(one - session.joined_at), default=None)


def _readings(text: str, begins: datetime) -> Iterator[datetime]:
    for form in _DATED:
        try:
            yield datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    for form in _HOURS:
        try:
            hour = datetime.strptime(text, form).time()  # noqa: DTZ007
        except ValueError:
            continue
        yield begins.replace(hour=hour.hour, minute=hour.minute, second=hour.second)
