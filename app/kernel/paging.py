"""Lists, a page at a time, by keyset: no row is skipped or shown twice while others write.

A cursor is opaque and sealed: it is bound to the list, its filters and its order, and a changed
one is refused.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from pydantic import Field
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.errors import BadRequest, FieldProblem
from app.kernel.filters import OF_THE_PAGE, Filters, condition, wanted
from app.kernel.schemas import InstantIn, Request, Response, TimeZone

T = TypeVar("T")


class InvalidCursor(BadRequest):
    """This cursor does not belong to this list with these filters and this order. Start again
    without one."""


class Paging(Request):
    """What every list takes: which page of it is wanted."""

    limit: Annotated[int, Field(ge=1, le=200, description="How many at the most.")] = 50
    cursor: Annotated[
        str | None,
        Field(min_length=1, max_length=2000, description="`next_cursor` of the page before."),
    ] = None
    include_total: Annotated[
        bool, Field(description="Whether to count the whole list in `total_count`.")
    ] = False


class ViewedFrom(Request):
    """Where whoever reads is, in a query whose answer says what clocks show there."""

    timezone: TimeZone | None = Field(
        default=None,
        description="By whose clocks `in_timezone` is told: an IANA time zone. It is null unless "
        "this is said.",
    )


def viewed_from(query: Request | None) -> dict[str, Any]:
    """The value of `VIEWED_FROM` in a statement, by the query that is answered."""
    return {"viewed_from": query.timezone if isinstance(query, ViewedFrom) else None}


OF_TIME: Final = ("updated_since", "created_from", "created_until")


class PageQuery(Paging):
    """The query of every list of things that change."""

    updated_since: InstantIn | None = Field(
        default=None,
        description="Only what was changed at this instant or later: an RFC 3339 instant with its "
        "offset.",
    )
    created_from: InstantIn | None = None
    created_until: InstantIn | None = None


class Page(Response, Generic[T]):
    """Some of a list. Subclass it with a name of its own: `class GrantPage(Page[GrantOut])`."""

    items: list[T]
    next_cursor: str | None = Field(
        description="Send it as `cursor` for what follows; null at the end."
    )
    total_count: int | None = Field(description="How many there are; null unless asked for.")


@dataclass(frozen=True)
class Slice(Generic[T]):
    """The rows of one page."""

    rows: list[T]
    next_cursor: str | None
    total_count: int | None


Key = InstrumentedAttribute[Any] | ColumnElement[Any]
K = TypeVar("K", bound=Key | str)


class Orders(dict[str, Sequence[Key]]):
    """The orders of a list of `model`: those that are given by name, else the column of the name,
    as it is folded where it is, and then the id."""

    def __init__(self, model: Any, given: Mapping[str, Sequence[Key]]) -> None:
        super().__init__(given)
        self._model = model

    def __missing__(self, name: str) -> Sequence[Key]:
        model = self._model
        column = getattr(model, f"{name}_folded", None)
        return (getattr(model, name) if column is None else column, model.id)


def conditions(model: Any, query: Request, filters: Filters | None) -> list[ColumnElement[bool]]:
    """The conditions of a query: all of them by the `filters` of the list, without which only what
    every list of things that change may be asked for."""
    if filters is not None:
        return wanted(model, query, filters)
    asked = {name: getattr(query, name, None) for name in OF_TIME}
    return [condition(model, {}, name, at) for name, at in asked.items() if at is not None]


async def paginate(
    db: AsyncSession,
    statement: Select[T],
    query: Paging,
    sorts: Mapping[str, Sequence[Key]],
    *,
    default: str,
    bound: object = None,
    filters: Filters | None = None,
) -> Slice[T]:
    """One page of `statement`, a select without an order, of one ORM entity or of named columns.

    `sorts` names each order a client may ask for and its columns, of which the last makes rows
    unique and none may be null; a name with a minus before it goes backwards. `query.sort`, where
    the subclass has it, picks one; otherwise `default`. `bound` is what else the cursor belongs
    to, such as the id in the path. With `filters` each parameter of the query is a condition.
    Raises InvalidCursor (400).
    """
    is_entity = len(statement.column_descriptions) == 1
    if is_entity:
        entity = statement.column_descriptions[0]["entity"]
        statement = statement.where(*conditions(entity, query, filters))
        sorts = Orders(entity, sorts)
    order, keys, backwards = order_of(query, sorts, default)
    seal: AESSIV = db.info["seal"]
    belongs = belongs_to(query, order, bound)
    page = statement
    if query.cursor is not None:
        after = unsealed(seal, belongs, query, keys)
        position, reached = tuple_(*keys), tuple_(*(literal(v, k.type) for v, k in after))
        page = page.where(position < reached if backwards else position > reached)
    page = ordered(page, keys, backwards).limit(query.limit + 1)
    found = await db.execute(_chosen_first(page, keys, backwards) if is_entity else page)
    rows: list[Any] = list(found.scalars() if is_entity else found)
    more = len(rows) > query.limit
    rows = rows[: query.limit]
    total = None
    if query.include_total:
        total = await db.scalar(select(func.count()).select_from(statement.subquery()))
    last = [getattr(rows[-1], str(key.key)) for key in keys] if more else None
    return Slice(rows, sealed(seal, belongs, last) if last else None, total)


Reading = Callable[[Sequence[Any] | None, int], Awaitable[Sequence[Any]]]
"""Reads so many rows after the one whose keys these are; from the first for None."""


async def paginate_read(
    seal: AESSIV,
    query: Paging,
    keys: Sequence[str],
    read: Reading,
    count: Callable[[], Awaitable[int]],
    *,
    order: str,
    bound: object = None,
) -> Slice[Any]:
    """One page of what is no select: `read` and `count` find it, in the order of these keys.

    Cursors are as those of `paginate`. Raises InvalidCursor (400).
    """
    belongs = belongs_to(query, order, bound)
    after = query.cursor and [value for value, _ in unsealed(seal, belongs, query, keys)]
    rows = list(await read(after or None, query.limit + 1))
    more, rows = len(rows) > query.limit, rows[: query.limit]
    total = await count() if query.include_total else None
    last = [getattr(rows[-1], key) for key in keys] if more else None
    return Slice(rows, sealed(seal, belongs, last) if last else None, total)


async def in_whole(
    db: AsyncSession,
    statement: Select[T],
    query: Paging,
    sorts: Mapping[str, Sequence[Key]],
    *,
    default: str,
    filters: Filters,
) -> Sequence[T]:
    """All that `paginate` would give page by page for the same arguments, of one ORM entity: for
    lists of a few hundred things, since each is loaded."""
    entity = statement.column_descriptions[0]["entity"]
    wanted_rows = statement.where(*conditions(entity, query, filters))
    found = await db.scalars(in_order(wanted_rows, query, Orders(entity, sorts), default=default))
    return found.all()


def in_order(
    statement: Select[Any],
    query: Paging,
    sorts: Mapping[str, Sequence[Key]],
    *,
    default: str,
) -> Select[Any]:
    """`statement` in the order in which `paginate` would give it for the same arguments."""
    _order, keys, backwards = order_of(query, sorts, default)
    return ordered(statement, keys, backwards)


def order_of(
    query: Paging, sorts: Mapping[str, Sequence[Key]], default: str
) -> tuple[str, Sequence[Key], bool]:
    """The name of the order that is asked for, its columns, and whether it goes backwards."""
    order = str(getattr(query, "sort", None) or default)
    return order, sorts[order.removeprefix("-")], order.startswith("-")


def ordered(statement: Select[T], keys: Sequence[Key], backwards: bool) -> Select[T]:
    """The statement in the order of these columns."""
    return statement.order_by(*(key.desc() if backwards else key.asc() for key in keys))


def _chosen_first(page: Select[T], keys: Sequence[Key], backwards: bool) -> Select[T]:
    """The same page with its rows chosen before anything that is loaded with them is joined.

    PostgreSQL orders eight joins at the most by what they cost: beside more than that, the
    condition of what may be seen would be looked at last, for every row that there is.
    """
    loaded_with = page._with_options  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    if not loaded_with:
        return page
    entity = page.column_descriptions[0]["entity"]
    named = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    chosen = page.with_only_columns(entity.id.label("chosen_id"), *named).subquery("chosen")
    rows = select(entity).join(chosen, entity.id == chosen.c.chosen_id).options(*loaded_with)
    return ordered(rows, [chosen.c[key.name] for key in named], backwards)


def belongs_to(query: Paging, order: str, bound: object) -> str:
    """What a cursor is bound to: the list, its filters and its order."""
    filters = query.model_dump_json(exclude=set(OF_THE_PAGE))
    whole = f"{type(query).__name__}|{bound}|{order}|{filters}"
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def sealed(seal: AESSIV, belongs: str, values: Sequence[object]) -> str:
    """The cursor that begins after the row with these values of the columns of the order."""
    written = [_write(value) for value in values]
    return urlsafe_b64encode(seal.encrypt(json.dumps([belongs, *written]).encode(), None)).decode()


def unsealed(seal: AESSIV, belongs: str, query: Paging, keys: Sequence[K]) -> list[tuple[Any, K]]:
    """Where the page begins that a cursor asks for. Raises InvalidCursor (400)."""
    cursor = query.cursor or ""
    try:
        decoded = urlsafe_b64decode(cursor)
        canonical = urlsafe_b64encode(decoded).decode()
        belonged, *values = json.loads(seal.decrypt(decoded, None))
    except (InvalidTag, ValueError):
        raise _invalid_cursor(query) from None
    # A reader of base64 overlooks stray characters and unused bits: there is one right spelling.
    if canonical != cursor or belonged != belongs or len(values) != len(keys):
        raise _invalid_cursor(query)
    return [(_read(value), key) for value, key in zip(values, keys, strict=True)]


def _invalid_cursor(query: Paging) -> InvalidCursor:
    name = type(query).model_fields["cursor"].alias or "cursor"
    pointer = FieldProblem(
        pointer=f"#/query/{name}", code="invalid_cursor", detail="Leave it out to start again."
    )
    return InvalidCursor(errors=[pointer])


def _write(value: object) -> object:
    match value:
        case UUID():
            return {"uuid": str(value)}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"on": value.isoformat()}
        case _:
            return value


def _read(value: object) -> object:
    match value:
        case {"uuid": str(text)}:
            return UUID(text)
        case {"at": str(text)}:
            return datetime.fromisoformat(text)
        case {"on": str(text)}:
            return date.fromisoformat(text)
        case _:
            return value
