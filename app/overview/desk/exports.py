"""The calendar of obligations as CSV."""

from collections.abc import Sequence
from typing import Final

from app.overview.desk.schemas import ObligationOut
from app.web.exports import Cell, listed

_REFS: Final = {
    "subject": "The thing itself",
    "cohort": "The cohort",
    "collaboration": "The collaboration",
    "grant": "The grant",
    "write_to": "Who speaks for the side that is to do it",
}
_PARTS: Final = {"id": "its id", "reference": "its reference", "name": "its name"}

OBLIGATIONS: Final = listed(
    "obligations",
    {
        "kind": "What is to be done.",
        "noun": "What it concerns.",
        **{
            f"{ref}_{part}": f"{about}: {what}."
            for ref, about in _REFS.items()
            for part, what in _PARTS.items()
        },
        "waits_for": "The side that is to do it.",
        "is_mine": "Whether you are among those who may do it now.",
        "opens_at": "From when it is expected.",
        "due_at": "The first instant that is too late.",
        "due_on": "The last day on which it is in time, in `timezone`.",
        "timezone": "Where that day is.",
        "standing": "How it stands to its dates.",
    },
)


def cells(one: ObligationOut) -> Sequence[Cell]:
    """A row, in the order of the columns."""
    refs = (getattr(one, ref) for ref in _REFS)
    parts = (getattr(ref, part, None) for ref in refs for part in _PARTS)
    dates = (one.opens_at, one.due_at, one.due_on, one.timezone)
    return [one.kind, one.noun, *parts, one.waits_for, one.is_mine, *dates, one.standing]
