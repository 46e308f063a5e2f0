"""An answer as PostgreSQL writes it: the JSON of a schema as one SQL expression.

`record` goes through the fields of an `Out` by their types and finds each on the model by its
name, so that a declaration says only what is not already said there. What comes out is, byte for
byte, what Pydantic would write.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ARRAY, ColumnElement, Text, and_, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import QueryableAttribute, RelationshipProperty
from sqlalchemy.orm.util import AliasedClass

from app.kernel.clock import instant_as_text
from app.kernel.schemas import Ref

Out = TypeVar("Out", bound=BaseModel)
Told = TypeVar("Told")

Sources = Mapping[str, Any]
"""Where fields come from that no attribute of their name holds: a column, or for a schema within
such a mapping, a relationship, or a model that is joined already."""

Beside = tuple[Any, Any]
"""A table that may have a row beside another's, and on what."""

NULL: Final = literal_column("'null'", Text)
NOTHING: Final[Sources] = MappingProxyType({})
_MOST_ARGUMENTS: Final = 90
_BLANKS: Final = r'("([^"\\]|\\.)*")|\s'
"""A string, which is kept, or a blank between two values, which is not."""


@dataclass(frozen=True)
class Written(Generic[Out]):
    """One thing as JSON, with what its headers are made from."""

    body: str
    schema: type[Out]
    id: UUID
    version: int | None
    content_version: int | None = None

    def read(self) -> Out:
        """The same as an object, for those within the service who go on from it."""
        return self.schema.model_validate_json(self.body)


@dataclass(frozen=True)
class WrittenList(Generic[Out]):
    """Several things as JSON: a page of a list, or what a verb made of many."""

    body: str
    schema: type[Out]
    next_cursor: str | None = None

    def read(self) -> Out:
        """The same as an object."""
        return self.schema.model_validate_json(self.body)


@dataclass(frozen=True)
class Tagged(Generic[Told]):
    """What is told, with an ETag that was made of what it follows from and not of its bytes; None
    where whoever asks holds it, so that it was not even made."""

    told: Told | None
    tag: str


@dataclass(frozen=True)
class Present:
    """A schema within that is told of where `when` holds; null elsewhere."""

    when: ColumnElement[bool]
    sources: Sources


def verbatim(text: str) -> ColumnElement[str]:
    """Text of the program's own, as it stands."""
    return literal_column("'" + text.replace("'", "''") + "'", Text)


def joined(parts: Iterable[str | ColumnElement[Any]]) -> ColumnElement[str]:
    """The parts one after the other."""
    merged: list[Any] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    whole = [verbatim(part) if isinstance(part, str) else part for part in merged]
    while len(whole) > _MOST_ARGUMENTS:
        whole = [func.concat(*whole[:_MOST_ARGUMENTS], type_=Text), *whole[_MOST_ARGUMENTS:]]
    return func.concat(*whole, type_=Text)


def record(out: type[BaseModel], source: Any, told: Sources = NOTHING) -> ColumnElement[str]:
    """`out` as an object, told of `source`. Raises LookupError for a field that nothing says."""
    parts: list[str | ColumnElement[Any]] = []
    for name, field in out.model_fields.items():
        found = told[name] if name in told else getattr(source, name, None)
        if found is None or isinstance(found, property):
            if not (issubclass(out, Ref) and name == "reference"):
                raise LookupError(f"nothing says what {name} of {out.__name__} is")
            found = NULL
        parts += [f'{"," if parts else "{"}"{name}":']
        parts += _value(bare(field.annotation), found)
    return joined([*parts, "}"])


def many(
    out: type[BaseModel],
    source: Any,
    *where: Any,
    order: Sequence[Any],
    told: Sources = NOTHING,
    beside: Sequence[Beside] = (),
) -> ColumnElement[str]:
    """Every row of `source` that is meant, in order, as an array of `out`; `beside` is what may
    stand beside each, and on what."""
    items = func.string_agg(record(out, source, told), aggregate_order_by(verbatim(","), *order))
    array = joined(["[", func.coalesce(items, verbatim("")), "]"])
    return with_beside(select(array), source, beside).where(*where).scalar_subquery()


def with_beside(rows: Any, source: Any, beside: Sequence[Beside]) -> Any:
    """A select from `source` and what may stand beside it, which correlates all else."""
    rows = rows.select_from(source)
    for other, on in beside:
        rows = rows.outerjoin(other, on)
    return rows.correlate_except(source, *(other for other, _ in beside))


def single(
    out: type[BaseModel], source: Any, *where: Any, told: Sources = NOTHING
) -> ColumnElement[str]:
    """The one row of `source` that is meant as `out`; SQL's null where there is none."""
    rows = select(record(out, source, told)).select_from(source).where(*where)
    return rows.correlate_except(source).scalar_subquery()


def _value(kind: Any, found: Any) -> list[str | ColumnElement[Any]]:
    if isinstance(found, Present):
        return [case((found.when, record(kind, None, found.sources)), else_=NULL)]
    if isinstance(found, Mapping | type | AliasedClass):
        is_model = not isinstance(found, Mapping)
        return [record(kind, found) if is_model else record(kind, None, found)]
    if isinstance(found, QueryableAttribute) and isinstance(found.property, RelationshipProperty):
        return [_related(kind, found)]
    is_array = isinstance(getattr(found, "type", None), ARRAY)
    if found is NULL or _is_schema(kind) or (get_origin(kind) is list and not is_array):
        written: list[Any] = [found]
        return written
    before, text, after = _scalar(kind, found)
    if getattr(found, "nullable", True) is False:
        return [before, text, after]
    quoted = verbatim(before).concat(text).concat(verbatim(after)) if before else text
    return [func.coalesce(quoted, NULL)]


def _related(kind: Any, found: Any) -> ColumnElement[str]:
    """What a plain relationship leads to: one thing or null, or all of them in their order."""
    target, owner = found.property.mapper.class_, found.parent
    of_owner = owner.mapper.get_property_by_column
    pairs = found.property.local_remote_pairs
    on = and_(*(getattr(owner.entity, of_owner(one).key) == other for one, other in pairs))
    if get_origin(kind) is list:
        (out,) = get_args(kind)
        return many(out, target, on, order=found.property.order_by or ())
    whole = single(kind, target, on)
    may_lack = any(local.nullable for local, _ in pairs)
    return func.coalesce(whole, NULL) if may_lack else whole


def _scalar(kind: Any, found: Any) -> tuple[str, ColumnElement[Any], str]:
    """What stands before the text of a value, the text, and what stands after it."""
    if get_origin(kind) is list:
        return "", cast(func.array_to_json(found), Text), ""
    if get_origin(kind) is dict:
        return (
            "",
            func.regexp_replace(
                cast(found, Text), verbatim(_BLANKS), verbatim(r"\1"), verbatim("g")
            ),
            "",
        )
    if issubclass(kind, datetime):
        return '"', instant_as_text(found), '"'
    if issubclass(kind, UUID | Enum | date):
        return '"', cast(found, Text), '"'
    if issubclass(kind, bool | int):
        return "", cast(found, Text), ""
    assert issubclass(kind, str), f"{kind} has no way to be written yet"
    return "", cast(func.to_json(found), Text), ""


def bare(annotation: Any) -> Any:
    """The type that is meant by an optional or annotated one."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            (annotation,) = (one for one in get_args(annotation) if one is not type(None))
        else:
            return annotation


def _is_schema(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
