"""Edits: what a JSON Merge Patch asks for, set on a row, and what was there before."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy.orm.attributes import flag_modified

from app.kernel.db import Record

Changes = dict[str, dict[str, Any]]
"""Each field that changed, with what it was and what it is: `{"name": {"from": …, "to": …}}`."""


def amend(thing: Record, values: Mapping[str, Any]) -> Changes:
    """Set the values that differ from what the row has, and say what each was and is.

    `values` is the dump of an edit request, from which absent fields are absent. Nothing is
    changed, and the version stays, when there are none. What is personal is said to have
    changed and no more: the record of it outlives the person's wish to be forgotten.
    """
    changed: Changes = {}
    for field, value in values.items():
        if (before := getattr(thing, field)) != value:
            is_personal = field in thing.personal_fields
            changed[field] = _withheld() if is_personal else was_and_is(before, value)
            setattr(thing, field, value)
    return changed


def was_and_is(before: object, after: object) -> dict[str, Any]:
    """What stood somewhere and what stands there now, as activity keeps it."""
    return {"from": to_jsonable_python(before), "to": to_jsonable_python(after)}


def _withheld() -> dict[str, Any]:
    return {"from": None, "to": None, "is_withheld": True}


def touch(thing: Record) -> None:
    """Raise the version of a row of which only its parts changed."""
    flag_modified(thing, "updated_at")
