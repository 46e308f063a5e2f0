"""What the letters of reminders say."""

from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from app.background import mail
from app.overview.desk.kinds import KINDS

Letter = tuple[str, str]
"""Its text and its subject."""

WHEN: Final = {
    "week_before": "is due on",
    "on_the_day": "is due today,",
    "overdue": "was due on",
}

_MOMENT: Final = """\
Dear {person},

{item}: half of the time for this has passed. It can be done until {until} ({timezone}).

It stands in your list of work until then.
"""

_EVENT: Final = """\
Dear {person},

{item}: it begins on {until} ({timezone}).

It stands in your list of work until then.
"""

_DIGEST: Final = """\
Dear {person},

this waits for you:

{items}

It stands in your list of work until it is done.
"""


def momentary_letter(row: Row[Any]) -> Letter:
    """What is said of one thing at its moment."""
    until = row.due_at.astimezone(ZoneInfo(row.timezone))
    letter = (_EVENT if KINDS[row.work].is_an_event else _MOMENT).format(
        person=mail.said(row.person),
        item=named(row),
        until=f"{until.day} {until:%B %Y, %H:%M}",
        timezone=row.timezone,
    )
    return letter, _title(row)


def digest_letter(rows: Sequence[Row[Any]]) -> Letter:
    """What is said of a day's reminders of one person, in the order in which they are due."""
    items = "\n".join(f"- {named(row)}: this {WHEN[row.kind]} {dated(row)}." for row in rows)
    letter = _DIGEST.format(person=mail.said(rows[0].person), items=items)
    return letter, _title(rows[0]) if len(rows) == 1 else f"{len(rows)} things wait for you"


def listed(rows: Sequence[Row[Any]]) -> str:
    """What waits, a line each, with the day on which it is due where it has one."""
    return "\n".join(
        f"- {named(row)}" + (f": due on {dated(row)}." if row.due_on else ".") for row in rows
    )


def named(row: Row[Any]) -> str:
    """What is to be done, to what."""
    kind = KINDS[row.work]
    asked = kind.asks or kind.name.replace("_", " ").capitalize()
    called = (row.reference, mail.said(row.name))
    return f"{asked} {', '.join(said for said in called if said)}"


def dated(row: Row[Any]) -> str:
    """The day on which it is due, and where."""
    return f"{row.due_on.day} {row.due_on:%B %Y} ({row.timezone})"


def _title(row: Row[Any]) -> str:
    return f"{KINDS[row.work].asks} {row.reference or mail.said(row.name)}"
