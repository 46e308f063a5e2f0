"""A list as CSV, made of what is told of its noun: each field is a column, a reference to another
thing three, an amount two. What is a list itself, or depends on who reads, is left out.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from inspect import isfunction
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, create_model
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.money import Money, decimal
from app.kernel.paging import Paging
from app.kernel.written import bare, record
from app.people.identity.access import Looking, require_somewhere
from app.people.identity.actors import Actor
from app.people.reads.declarations import Telling
from app.web.document_words import of_property
from app.web.exports import Cell, Column, Export, ListedExport, WholeList, enter, whole_list

LEFT_OUT: Final = frozenset({"available_actions", "endorsements"})
"""What is told of a thing to each reader otherwise."""

Cells = Iterator[tuple[str, str, Callable[[Any], Cell]]]
"""The name of a column, what it says, and how it is found in what is told."""


@dataclass(frozen=True)
class ToldExport(Export):
    """An export whose rows are what is told of a thing, as JSON."""

    telling: Telling[Any] | None = None
    row: type[BaseModel] = BaseModel

    @cached_property
    def asked(self) -> "ToldExport":
        """The same with what is read for a row: made when it is wanted first, since packages above
        have a part in it."""
        assert self.telling is not None
        said = self.telling.told.items()
        told = {name: one() if isfunction(one) else one for name, one in said}
        body = record(self.row, self.telling.model, told)
        return replace(self, columns=(replace(self.columns[0], sources=(body,)), *self.columns[1:]))

    def cells(self, row: Sequence[Any]) -> list[Cell]:
        """A row, which is one text, as cells."""
        told = json.loads(row[0])
        return [column.write(told) for column in self.columns]

    def whole(self, db: AsyncSession, actor: Actor, query: Paging) -> WholeList:
        """All that the list would page through for the same query. Raises NotAllowed (403)."""
        telling = self.telling
        assert telling is not None
        if not telling.for_everyone:
            require_somewhere(actor, telling.permission)
        by = Looking(actor)
        if telling.seen:
            may_see = telling.seen(by)
        else:
            may_see = by.reaches(telling.permission, telling.model.scope_id)
        seen = select(telling.model).where(may_see)
        seen = seen.where(*telling.wanted(query))
        return whole_list(db, self.asked, seen, query, telling.sorts, default=telling.default)


@dataclass(frozen=True)
class ShownExport(Export):
    """An export whose rows are what is told of a thing, as a schema that Python fills."""

    def of(self, items: Iterable[BaseModel]) -> ListedExport:
        """The rows of these things."""
        told = (item.model_dump(mode="json") for item in items)
        return ListedExport(self, [[one.write(row) for one in self.columns] for row in told])


def shown(name: str, out: type[BaseModel], *more: Column) -> ShownExport:
    """Register an export of `out`, with columns besides for what no cell holds by itself: each is
    written of the whole row. Raises ValueError for a name that is taken."""
    made = ShownExport(name, (*_columns_of(out), *more))
    enter(made)
    return made


def exported(name: str, telling: Telling[Any]) -> ToldExport:
    """Register the export of the lists of a noun. Raises ValueError for a name that is taken."""
    out = telling.listed or telling.out
    kept: dict[str, Any] = {
        key: (field.annotation, field) for key, field in out.model_fields.items() if _is_told(key)
    }
    row = create_model(f"{out.__name__}Row", __base__=BaseModel, **kept)
    made = ToldExport(name, _columns_of(row), (*telling.joins, *telling.beside), telling, row)
    enter(made)
    return made


def _is_told(name: str) -> bool:
    return name not in LEFT_OUT


def _columns_of(out: type[BaseModel]) -> tuple[Column, ...]:
    return tuple(Column(name, about, (), write) for name, about, write in _columns(out))


def _columns(out: type[BaseModel]) -> Cells:
    for name, field in out.model_fields.items():
        kind = bare(field.annotation)
        about = field.description or of_property(name) or f"{name.replace('_', ' ').capitalize()}."
        if kind is Money:
            yield name, about, _found(name, _major)
            yield f"{name}_currency", "The currency of that (ISO 4217).", _found(name, _currency)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            for under, what, find in _columns(kind):
                said = f"{name.replace('_', ' ').capitalize()}: {what[:1].lower()}{what[1:]}"
                yield f"{name}_{under}", said, _found(name, find)
        elif get_origin(kind) is list:
            if get_args(kind) == (str,):
                yield name, about, _found(name, " ".join)
        elif get_origin(kind) is not dict:
            yield name, about, _found(name, _as_told)


def _found(name: str, find: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
    def cell(told: Any) -> Cell:
        return None if told[name] is None else find(told[name])

    return cell


def _as_told(value: Any) -> Cell:
    return value


def _major(amount: Any) -> Cell:
    return Decimal(decimal(amount["amount_minor"], amount["currency"]))


def _currency(amount: Any) -> Cell:
    return amount["currency"]
