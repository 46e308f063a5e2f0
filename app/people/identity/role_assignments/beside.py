"""Whether a lead may speak against another, or is there for somebody who may not.

Whoever may appoint leads can put one beside those that there are, and so have a hand in the
collaboration; ending the others' roles with that hand would be theirs to do only if they might have
done it themselves.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol


class Leading(Protocol):
    """That an account leads a collaboration, for a time; ids sort by when it was given."""

    id: Any
    account_id: Any
    granted_by_id: Any
    valid_from: Any
    valid_until: Any
    created_at: Any


def speaks_freely(own: Leading, other: Leading, leads: Sequence[Leading]) -> bool:
    """Whether somebody may end `other` by `own`, of all roles of leads that there ever were on the
    collaboration: they were there first, or were appointed by a lead who might have ended it."""
    if not _was_there(other, own) or own.granted_by_id is None:
        return True
    return any(
        speaks_freely(one, other, leads)
        for one in leads
        if one.account_id == own.granted_by_id and one.id < own.id and is_held(one, own.created_at)
    )


def _was_there(other: Leading, own: Leading) -> bool:
    """Whether the other was a lead when this one became one."""
    return other.id < own.id and other.valid_from <= own.valid_from


def is_held(role: Leading, at: datetime) -> bool:
    """Whether the role is held at an instant."""
    return role.valid_from <= at and (role.valid_until is None or role.valid_until > at)
