"""Edits: what a JSON Merge Patch asks for, set on a row, and which fields it changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from app.kernel.db import Record


def amend(thing: Record, values: Mapping[str, Any]) -> list[str]:
    """Set the values that differ from what the row has, and name them in order.

    `values` is the dump of an edit request, from which absent fields are absent. Nothing is
    changed, and the version stays, when the list is empty.
    """
    changed = [field for field, value in values.items() if getattr(thing, field) != value]
    for field in changed:
        setattr(thing, field, values[field])
    return changed


def touch(thing: Record) -> None:
    """Raise the version of a row of which only its parts changed."""
    flag_modified(thing, "updated_at")
