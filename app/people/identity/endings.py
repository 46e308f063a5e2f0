"""Which scopes have come to their end: nobody is invited into a role on one any more.

What a scope stands for, only the package knows that made it. So each says of its own nouns which
have ended, as the ids of their scopes.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select

Ending = Callable[[], Select[UUID]]
"""The ids of the scopes of one kind that have ended."""

ENDINGS: Final[list[Ending]] = []


def ends(ending: Ending) -> Ending:
    """Let a package above say which of its scopes have ended."""
    ENDINGS.append(ending)
    return ending


def has_ended(scope_id: Any) -> ColumnElement[bool]:
    """Whether what the scope in a column stands for has ended; a scope of a kind that never does
    has not."""
    return or_(false(), *(_is_among(scope_id, ending()) for ending in ENDINGS))


def _is_among(scope_id: Any, ended: Select[UUID]) -> ColumnElement[bool]:
    """Looked up for each row, as one value, of which PostgreSQL makes no set: to gather all that
    have ended is to read what was ever there."""
    id_ = ended.subquery().c[0]
    return select(id_).where(id_ == scope_id).limit(1).scalar_subquery().is_not(None)
