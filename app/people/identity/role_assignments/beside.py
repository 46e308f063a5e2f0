"""Who put a lead beside another, where that was nobody who led the collaboration.

Whoever may appoint leads can put one beside those that there are, and so have a hand in the
collaboration. Neither that hand nor whoever has it ends the role of the lead beside whom it was
put.
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


def put_there_by(own: Leading, other: Leading, leads: Sequence[Leading]) -> frozenset[Any]:
    """The accounts that put `own` beside `other`, of all who ever led the collaboration; none where
    it was there first, or was given by a lead who is nobody's hand."""
    if not _was_there(other, own) or own.granted_by_id is None:
        return frozenset()
    givers = [
        one
        for one in leads
        if one.account_id == own.granted_by_id and one.id < own.id and is_held(one, own.created_at)
    ]
    if not givers:
        return frozenset({own.granted_by_id})
    hands = [put_there_by(one, other, leads) for one in givers]
    return frozenset[Any]().union(*hands) if all(hands) else frozenset()


def _was_there(other: Leading, own: Leading) -> bool:
    """Whether the other was a lead when this one became one."""
    return other.id < own.id and other.valid_from <= own.valid_from


def is_held(role: Leading, at: datetime) -> bool:
    """Whether the role is held at an instant."""
    return role.valid_from <= at and (role.valid_until is None or role.valid_until > at)
