"""Which list is asked for: within what, by which filters and in which order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import ColumnElement, FromClause

from app.kernel.errors import NotFound
from app.kernel.paging import InvalidCursor, Key, Paging, unsealed
from app.people.identity.access import Sight
from app.people.reads.held import NETWORK, By, Held


def joined(found: Any, joins: Sequence[Any], beside: Sequence[Any]) -> Any:
    """Rows with what each leads to, and what some lead to."""
    for one in joins:
        found = found.join(one)
    for one in beside:
        found = found.outerjoin(one)
    return found


def scope_of(model: Any) -> Any:
    """The column of a row's scope; the network, where all rows of a model lie there."""
    return NETWORK if isinstance(model.scope_id, property) else model.scope_id


def key_of(model: Any) -> Any:
    """The column that a row is found by."""
    (key,) = model.__table__.primary_key
    return key


@dataclass(frozen=True)
class Within:
    """The thing that a nested list belongs to; who may not see it gets `missing` (404).

    It is seen by holding `permission` on it, or as `seen` says, which may ask for more `besides`.
    `is_asked_there`: whoever does not hold there what the list asks for is refused (403), and not
    only who holds it nowhere.
    `holds` says which rows belong to it where that is not what its `column` says.
    """

    column: Any
    model: Any
    permission: str
    missing: type[NotFound]
    is_asked_there: bool = False
    holds: Callable[[Any], ColumnElement[bool]] | None = None
    seen: Callable[[Sight], ColumnElement[bool]] | None = None
    besides: frozenset[str] = frozenset()

    def of(self, parent: Any) -> ColumnElement[bool]:
        """Which rows belong to the thing with an id."""
        return self.holds(parent) if self.holds else self.column == parent

    def sees(self, held: Held, above: FromClause) -> ColumnElement[bool]:
        """Whether whoever asks may see it."""
        return self.seen(held) if self.seen else held.holds(self.permission, above)


@dataclass(frozen=True)
class Together:
    """Parameters of a query that ask one thing together, such as for somebody who holds this role
    there; of what whoever looks may see by `permission`."""

    names: frozenset[str]
    permission: str
    asks: Callable[[Sight, Mapping[str, Any]], ColumnElement[bool]]


@dataclass(frozen=True)
class Shape:
    """What about the query of a list its SQL depends on."""

    by: By
    within: Within | None
    asked: frozenset[tuple[str, type | None]]
    """The filters by name, and of which type the values are of one that takes several."""
    order: str
    is_later: bool
    is_counted: bool
    most: int = 51
    """No more rows are asked for, which PostgreSQL has to know when it makes its plan."""


def begins_after(
    seal: AESSIV, belongs: str, query: Paging, keys: Sequence[Key]
) -> tuple[dict[str, Any], InvalidCursor | None]:
    """The values of the row after which a page begins, and what is wrong with its cursor: said only
    once it is known that whoever asks may see the list."""
    if query.cursor is None:
        return {}, None
    try:
        reached = unsealed(seal, belongs, query, keys)
    except InvalidCursor as invalid:
        return {}, invalid
    return {f"after_{place}": value for place, (value, _) in enumerate(reached)}, None
