"""What answers look like, for whole bodies to be compared with."""

import re
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import ANY

import httpx

START = "2026-03-02T09:00:00.000000Z"
"""The instant at which the tests' clock stands."""


def problem(code: str, status: int, **more: Any) -> dict[str, Any]:
    """A problem of which only the words are left open."""
    return {
        "type": f"/problems/{code}",
        "title": ANY,
        "status": status,
        "detail": ANY,
        "instance": ANY,
        "code": code,
        "request_id": ANY,
        "errors": [],
        **more,
    }


def where(*names: str, pointer: str | None = None) -> dict[str, Any]:
    """What an unmet condition says of its place: what is to be filled in, or the things by name."""
    subjects = [{"id": ANY, "reference": ANY, "name": name} for name in names]
    return {"pointer": pointer, "subjects": subjects}


def edits(before: Any, after: Any, *fields: str) -> dict[str, Any]:
    """What an edit records that changed these fields, by default all that stand in `after`."""
    return {field: {"from": before[field], "to": after[field]} for field in fields or after}


WITHHELD = {"from": None, "to": None, "is_withheld": True}
"""What an edit records of a field that is personal."""


def page(*items: Any, next_cursor: Any = None, total_count: int | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": next_cursor, "total_count": total_count}


def refused(
    answer: httpx.Response, code: str, status: int, *, at: str | None = None, **more: Any
) -> bool:
    """Whether the answer is this problem, of the part of the request `at`, where it is of one;
    shows the difference where it is not."""
    if at is not None:
        more["errors"] = [{"pointer": at, "code": code, "detail": ANY}]
    assert answer.json() == problem(code, status, **more)
    return answer.status_code == status


class Like(str):
    """Equal to every text that this pattern matches: for what a sequence numbered."""

    __slots__ = ()
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(str(self), other) is not None


def endorsed(
    by: Any, move: str, reason: str | None = None, *, at: str = START, **detail: Any
) -> dict[str, Any]:
    """The first of two persons' words as it is shown, which stands for fourteen days."""
    lapses_at = datetime.fromisoformat(at) + timedelta(days=14)
    return {
        "id": ANY,
        "move": move,
        "by": {"id": str(by.account_id), "reference": None, "name": by.name},
        "endorsed_at": at,
        "lapses_at": lapses_at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "sha256": Like("[0-9a-f]{64}"),
        "detail": detail,
        "reason": reason,
    }


NO_PLACE: dict[str, Any] = {
    "code": "cohort_full",
    "detail": "Every announced place is taken: give an `override_reason` to go beyond.",
    **where(pointer="/override_reason"),
}
"""What stands in the way of a place in a cohort that has none left."""
