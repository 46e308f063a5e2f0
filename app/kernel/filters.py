"""What the parameters of a list's query ask for, as conditions on its rows.

A parameter says by its name and its type what it asks, so that a query's schema is the one
declaration of its filters. What it names is, in this order: what the list says of it itself, a
column of its name, `updated_since`, a day or an instant with `_from` or `_until` after it, `q` for
what has a name or a title that is folded, or a thing above the row (`programme_id`,
`cohort_reference`) that its package has made known by `known_above`. A column that refers to what
may go on as another (`known_as_one`) has by one what refers to either.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Index,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import QueryableAttribute

from app.kernel.db import Instant
from app.kernel.schemas import Request

T = TypeVar("T")

OF_THE_PAGE: Final = frozenset(
    {"cursor", "limit", "include_total", "sort", "timezone", "format", "bom"}
)
"""What of a query says how a list is given, and not which."""


def _each_once(values: list[T]) -> list[T]:
    """In one order, so that a cursor belongs to what is asked and not to how it is written."""
    return sorted(set(values), key=str)


Several = Annotated[
    list[T],
    Field(min_length=1, max_length=50),
    AfterValidator(_each_once),
]
"""A filter that is met by any of several values: the parameter is repeated."""

Filters = Mapping[str, Callable[[Any], ColumnElement[bool]]]
"""What a list says itself of a parameter: given what is compared with `==`, one value or any of
several, the condition."""

_SENT_AS: Final[Mapping[type, Any]] = {
    UUID: Uuid(),
    str: Text(),
    int: BigInteger(),
    datetime: Instant,
    date: Date(),
}

_ENDS: Final = {"begins": ("from_on", "valid_from"), "ends": ("until_on", "valid_until")}
"""The columns of the ends of a span that are called by neither."""


# ---------------------------------------------------------------------- what lies above a row

_ABOVE: Final[dict[str, Callable[[Any, Any], ColumnElement[bool]]]] = {}
_NAMED: Final[dict[str, Any]] = {}


def known_above(
    noun: str, model: Any, below: Callable[[Any, Any], ColumnElement[bool]] | None = None
) -> None:
    """Let lists be asked for by a thing with a reference: `{noun}_reference` is the one whose
    `{noun}_id` this is, and `below` says which rows of a model lie below it, where that is no
    column of theirs."""
    _NAMED[noun] = model
    if below is not None:
        _ABOVE[f"{noun}_id"] = below


# ---------------------------------------------------------------------- what goes on as another

_ONE: Final[dict[Any, Callable[[Any], ColumnElement[Any]]]] = {}


def known_as_one(model: Any, any_of: Callable[[Any], ColumnElement[Any]]) -> None:
    """Let whatever refers to a row of `model` be asked for by the one that it went on as: `any_of`
    is what such a column is compared with, given what is asked."""
    _ONE[model.__table__] = any_of


def _compared_as_one(column: Any, asked: Any) -> Any:
    """What a column is compared with, where it may refer to what went on as what is asked."""
    keys = column.foreign_keys if isinstance(column, QueryableAttribute) else ()
    return next((_ONE[key.column.table](asked) for key in keys if key.column.table in _ONE), asked)


# ---------------------------------------------------------------------- what is asked


def asked_of(query: Request) -> dict[str, Any]:
    """The filters that a query names, with their values as the database is sent them."""
    return {
        name: _plain(value)
        for name, value in query
        if name not in OF_THE_PAGE and value is not None
    }


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        several: list[Any] = value
        return [_plain(one) for one in several]
    return value.value if isinstance(value, Enum) else value


def kind_of(value: Any) -> type | None:
    """Of which type each of several values is; None for a single one."""
    return type(value[0]) if isinstance(value, list) else None


def parameter(model: Any, name: str, kind: type | None) -> Any:
    """What a condition compares with, in a statement that is written once for whatever values."""
    if kind is not None:
        return any_(bindparam(name, type_=ARRAY(_SENT_AS[kind])))
    column = _compared(model, name)
    return bindparam(name) if column is None else bindparam(name, type_=column.type)


def wanted(
    model: Any, query: Request, filters: Filters, *, but: Collection[str] = ()
) -> list[ColumnElement[bool]]:
    """The conditions of a query, with its values in them, but for those of some parameters."""
    return [
        condition(model, filters, name, compared_with(value))
        for name, value in sorted(asked_of(query).items())
        if name not in but
    ]


def compared_with(value: Any) -> Any:
    """What a condition holds a column against by `==`: a value, or any of several."""
    if isinstance(value, list):
        kind = kind_of(value)
        assert kind is not None
        return any_(literal(value, ARRAY(_SENT_AS[kind])))
    return value


def condition(model: Any, filters: Filters, name: str, asked: Any) -> ColumnElement[bool]:
    """What a parameter asks of the rows of `model`. Raises LookupError where nothing says it."""
    if name in filters:
        return filters[name](asked)
    if (column := _column(model, name)) is not None:
        return column == _compared_as_one(column, asked)
    if (column := _compared(model, name)) is not None:
        return column <= asked if name.endswith("_until") else column >= asked
    if name == "q" and (called := _called(model)) is not None:
        return model.id.in_(searched(model, asked, name=called))
    if name in _ABOVE:
        return _ABOVE[name](model, asked)
    noun = name.removesuffix("_reference")
    if noun != name and noun in _NAMED:
        named = _NAMED[noun]
        ids = select(named.id).where(named.reference == asked).correlate_except(named)
        return condition(model, filters, f"{noun}_id", any_(ids.scalar_subquery()))
    raise LookupError(f"nothing says what {name} asks of {model.__name__}")


def _called(model: Any) -> str | None:
    """By which of its columns a thing is called, where that is folded."""
    return next(
        (one for one in ("name", "title") if _column(model, f"{one}_folded") is not None), None
    )


def _compared(model: Any, name: str) -> Any:
    """The column that a parameter is compared with, where it is one of the model's own."""
    held = (_column(model, one) for one in _columns(name))
    return next((one for one in held if one is not None), None)


def _column(model: Any, name: str) -> Any:
    """A column of this name, and no property in Python."""
    found = getattr(model, name, None)
    return found if hasattr(found, "type") else None


def _columns(name: str) -> Iterator[str]:
    yield name
    if name == "updated_since":
        yield "updated_at"
    for ending in ("_from", "_until"):
        if name.endswith(ending):
            moment = name.removesuffix(ending)
            yield from (f"{moment}_on", f"{moment}_at")
            if moment in _ENDS:
                yield from _ENDS[moment]


# ---------------------------------------------------------------------- what is searched


def searched(model: Any, words: Any, *, name: str = "name", former: Any = None) -> Any:
    """Which rows of `model` have these words in their name or their reference, or had them in a
    `former` one; each place is searched by the index on its trigrams."""
    places = [select(model.id).where(_holds(getattr(model, f"{name}_folded"), func.fold(words)))]
    if former is not None:
        had = _holds(former.name_folded, func.fold(words))
        places.append(select(former.of_id).where(had).correlate_except(former))
    if (reference := _column(model, "reference")) is not None:
        says = _holds(reference, func.upper(func.fold(words)))
        places.append(select(model.id).where(says))
    return union(*(place.correlate(None) for place in places))


def _holds(text: Any, words: ColumnElement[str]) -> ColumnElement[bool]:
    for one in ("\\", "%", "_"):
        words = func.replace(words, one, f"\\{one}", type_=Text)
    return text.like(func.concat("%", words, "%", type_=Text))


def trigrams(table: str, *columns: str) -> Index:
    """The index by which parts of these columns are searched."""
    ops = dict.fromkeys(columns, "gin_trgm_ops")
    return Index(f"ix_{table}_trigrams", *columns, postgresql_using="gin", postgresql_ops=ops)
