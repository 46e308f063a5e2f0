"""How a thing that is known by its noun and its id is called now, in SQL.

A thing bears its own `name` or `title`, and a `reference` where it has one. What has no name is
called by what it is about: its model says by which relationship, as `__called_by__`; a reference of
its own it keeps. What scopes
stand for says in `__nodes__` which of its columns hold the ids of scopes.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement, Text, Uuid, case, cast, func, literal, null, select

from app.kernel.db import Base
from app.kernel.schemas import Response

NETWORK_ID: Final = UUID("00000000-0000-7000-8000-000000000001")
"""The scope above all others."""

NETWORK_NAME: Final = "The network"


class NamedRef(Response):
    """Another thing, as it is called now; it may be gone."""

    id: UUID
    reference: str | None = Field(description="Its human-readable reference, where it has one.")
    name: str | None = Field(description="Null where it has none, and where it was deleted.")


@cache
def models() -> Mapping[str, Any]:
    """The model of each noun that has a table."""
    tables = Base.metadata.sorted_tables
    return {
        mapper.class_.__noun__: mapper.class_
        for mapper in Base.registry.mappers
        if hasattr(mapper.class_, "__noun__") and mapper.local_table in tables
    }


def reference_of(
    noun: Any, thing_id: Any, *, among: Iterable[str] | None = None
) -> ColumnElement[str | None]:
    """The reference of the thing of this noun, one of `among` where that is known, and this id."""
    return _by_noun(noun, thing_id, ("reference",), among)


def name_of(
    noun: Any, thing_id: Any, *, among: Iterable[str] | None = None
) -> ColumnElement[str | None]:
    """The name of the thing of this noun, one of `among` where that is known, and this id."""
    return _by_noun(noun, thing_id, ("name", "title"), among)


def scope_reference_of(scope_id: Any) -> ColumnElement[str | None]:
    """The reference of what a scope stands for."""
    return func.coalesce(*_by_node(scope_id, ("reference",)), cast(null(), Text))


def scope_name_of(scope_id: Any) -> ColumnElement[str | None]:
    """The name of what a scope stands for."""
    of_network = case((scope_id == literal(NETWORK_ID, Uuid), NETWORK_NAME))
    return func.coalesce(of_network, *_by_node(scope_id, ("name", "title")))


def _by_noun(
    noun: Any, thing_id: Any, words: Sequence[str], among: Iterable[str] | None
) -> ColumnElement[str | None]:
    said = {
        one: _said(model, words, model.id, thing_id)
        for one, model in sorted(models().items())
        if among is None or one in among
    }
    ways = [(noun == literal(one), told) for one, told in said.items() if told is not None]
    return case(*ways, else_=null()) if ways else cast(null(), Text)


def _by_node(scope_id: Any, words: Sequence[str]) -> list[ColumnElement[str | None]]:
    said = (
        _said(model, words, getattr(model, node), scope_id)
        for _, model in sorted(models().items())
        for node in getattr(model, "__nodes__", ())
    )
    return [told for told in said if told is not None]


def _bears(model: Any, words: Sequence[str]) -> bool:
    """Whether it is its own reference that is asked for, which goes before what it is called by."""
    return "reference" in words and "reference" in model.__mapper__.c


def _said(
    model: Any, words: Sequence[str], found_by: Any, known: Any
) -> ColumnElement[str | None] | None:
    """The first of these attributes that the row has, or that which it is called by; None where
    there is no such attribute."""
    path: list[Any] = []
    bearer = model
    while not _bears(bearer, words) and (called_by := getattr(bearer, "__called_by__", None)):
        path.append(getattr(bearer, called_by))
        bearer = path[-1].property.mapper.class_
    column = next(
        (bearer.__mapper__.c[word] for word in words if word in bearer.__mapper__.c), None
    )
    if column is None:
        return None
    found = select(cast(column, Text)).select_from(model)
    for step in path:
        found = found.join(step)
    own = (model, *(step.property.mapper.class_ for step in path))
    told: Any = found.where(found_by == known).correlate_except(*own)
    return told.scalar_subquery()
