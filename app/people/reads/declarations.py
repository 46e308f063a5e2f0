"""What is told of a noun, declared once: its reads are one statement each, from token to JSON, and
the answer of a verb is the same expression inside the verb's transaction.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import isfunction
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.asking import ask_within
from app.kernel.clock import network_zone, now
from app.kernel.errors import NotFound, not_allowed
from app.kernel.filters import Filters, asked_of, condition, kind_of, parameter, wanted
from app.kernel.paging import (
    Key,
    Orders,
    Paging,
    ViewedFrom,
    belongs_to,
    order_of,
    ordered,
    sealed,
    viewed_from,
)
from app.kernel.statements import Statement
from app.kernel.transitions import Lifecycle
from app.kernel.written import Out, Sources, Written, WrittenList, record, verbatim
from app.people.identity.access import Sight
from app.people.identity.actors import Actor
from app.people.reads.held import By, Held
from app.people.reads.parts import Part
from app.people.reads.reader import Reader
from app.people.reads.shapes import Shape, Together, Within, begins_after, joined, key_of, scope_of
from app.people.reads.words import AUDIENCES, moves_open, permissions_of, words_about

_KEPT: Final = 500
"""How many shapes of a list are kept as they are written: of each the filters that were named."""
_MOST: Final = (50, 200)
"""The sizes of a page for which a list is written."""

PartOut = TypeVar("PartOut", bound=BaseModel)
Selected = Select[*tuple[Any, ...]]


@dataclass(frozen=True, eq=False)
class Telling(Generic[Out]):
    """How `out` is told of `model`, and to whom.

    A field is the model's attribute of its name: a column, a relationship where the field is a
    schema or a list of one, the moves of `lifecycle` for `available_actions`, the first of two
    persons' words for `endorsements`. `told` says the others, by a function where a package above
    has a part in it. `joins` are to-one relationships that `told` refers to, `beside` those that
    may lead to nothing. Of a list, `filters` says what a parameter of the query asks for where its
    name does not (`kernel/filters.py`),
    `together` what several ask at once, `sorts` its orders that are more than the column of their
    name, the first by default, backwards where the list is `latest_first`, and `listed` the schema
    of its items, where that is less than `out`. `only` says which rows are told of at all,
    `goes_on` which of them lists have and have moves: the others are read by their id alone.

    A row is seen by holding `permission` on its scope, or as `seen` says, by this and those
    `besides`, and where `heard` says so; a list `for_everyone`, which has what is one's own,
    refuses nobody. One that is `endless` has a cursor at its end too: what is added can be read.
    """

    out: type[Out]
    model: Any
    permission: str
    missing: type[NotFound]
    lifecycle: Lifecycle | None = None
    joins: Sequence[Any] = ()
    beside: Sequence[Any] = ()
    told: Sources = field(default_factory=dict[str, Any])
    filters: Filters = field(default_factory=dict[str, Any])
    sorts: Mapping[str, Sequence[Key]] = field(default_factory=dict[str, Any])
    page_of: type[BaseModel] | None = None
    listed: type[BaseModel] | None = None
    only: Sequence[ColumnElement[bool]] = ()
    goes_on: ColumnElement[bool] | None = None
    seen: Callable[[Sight], ColumnElement[bool]] | None = None
    besides: Sequence[str] = ()
    heard: Callable[[Held], ColumnElement[bool]] | None = None
    for_everyone: bool = False
    latest_first: bool = False
    endless: bool = False
    together: Together | None = None
    _written: dict[Any, tuple[Statement, Held]] = field(default_factory=dict[Any, Any], init=False)

    # ------------------------------------------------------------------ what is asked for

    async def one(
        self, read: Reader, thing_id: UUID, query: ViewedFrom | None = None
    ) -> Written[Out]:
        """The thing with this id. Raises `missing` (404) for who may not see it."""
        statement, held = self._once(read.by, lambda: self._one(read.by))
        rows = await read.ask(statement, held, {"ids": [thing_id], **viewed_from(query)})
        _id, body, *versions = rows[0]
        if body is None:
            raise self.missing
        return Written(body, self.out, thing_id, *versions)

    async def told_to(self, db: AsyncSession, actor: Actor, thing_id: UUID) -> Written[Out]:
        """The answer of a verb: the thing as it stands in this transaction."""
        [(_id, body, *versions)] = await self._told(db, actor, [thing_id])
        return Written(body, self.out, thing_id, *versions)

    async def all_told_to(
        self, db: AsyncSession, actor: Actor, thing_ids: Sequence[UUID], whole: type[BaseModel]
    ) -> WrittenList[Any]:
        """The answer of a verb that does many things: a schema with nothing but `items`."""
        bodies = {row[0]: row[1] for row in await self._told(db, actor, thing_ids)}
        items = ",".join(bodies[thing_id] for thing_id in thing_ids)
        return WrittenList(f'{{"items":[{items}]}}', whole)

    async def part(
        self, read: Reader, thing_id: UUID, part: Part[PartOut], key: UUID
    ) -> Written[PartOut]:
        """One part of the thing, by its key. Raises `missing`, `part.missing` (404)."""
        shape = (read.by, part)
        statement, held = self._once(shape, lambda: self._part(read.by, part))
        rows = await read.ask(statement, held, {"ids": [thing_id], "key": key})
        found_id, body, version = rows[0]
        if found_id is None:
            raise self.missing
        if body is None:
            raise part.missing
        return Written(body, part.out, key, version)

    async def part_told_to(
        self, db: AsyncSession, actor: Actor, thing_id: UUID, part: Part[PartOut], key: UUID
    ) -> Written[PartOut]:
        """The answer of a verb: the part as it stands in this transaction."""
        once = self._once((By.ACTOR, part), lambda: self._part(By.ACTOR, part))
        asked = {"ids": [thing_id], "key": key}
        [(_id, body, version)] = await self._within(db, actor, once, asked)
        return Written(body, part.out, key, version)

    async def page(
        self,
        read: Reader,
        query: Paging,
        within: Within | None = None,
        parent_id: UUID | None = None,
    ) -> WrittenList[Any]:
        """A page of what may be seen, of all or `within` one thing.

        Raises `within.missing` (404), NotAllowed (403) for who may see none anywhere, InvalidCursor
        (400), in this order.
        """
        asked = asked_of(query)
        order, keys, _ = order_of(query, self.orders, self.default)
        belongs = belongs_to(query, order, parent_id)
        after, refusal = begins_after(read.seal, belongs, query, keys)
        named = frozenset((name, kind_of(value)) for name, value in asked.items())
        most = next(one for one in _MOST if query.limit <= one)
        shape = Shape(read.by, within, named, order, bool(after), query.include_total, most + 1)
        statement, held = self._once(shape, lambda: self._page(shape))
        of_page = {"most": query.limit + 1, "parent": parent_id, **viewed_from(query)}
        values = {**asked, **after, **of_page}
        rows = await read.ask(statement, held, values)
        may, seen, total, *_ = rows[0]
        if within is not None and not seen:
            raise within.missing
        if not may:
            raise not_allowed(self.permission)
        if refusal is not None:
            raise refusal
        found = [row[3:] for row in rows if row[3] is not None]
        more, found = len(found) > query.limit, found[: query.limit]
        goes_on = self.endless and not order.startswith("-")
        cursor = query.cursor if goes_on else None
        if more or (goes_on and found):
            cursor = sealed(read.seal, belongs, found[-1][1:])
        items = ",".join([row[0] for row in found])
        body = f'{{"items":[{items}],"next_cursor":{json.dumps(cursor)},'
        body += f'"total_count":{json.dumps(total)}}}'
        return WrittenList(body, self.page_of or self.out, cursor)

    async def _told(self, db: AsyncSession, actor: Actor, ids: Sequence[UUID]) -> list[Any]:
        once = self._once(By.ACTOR, lambda: self._one(By.ACTOR))
        return await self._within(db, actor, once, {"ids": list(ids)})

    async def _within(
        self, db: AsyncSession, actor: Actor, once: tuple[Statement, Held], asked: Mapping[str, Any]
    ) -> list[Any]:
        statement, held = once
        await db.flush()
        of_time = {"at": now(db), "zone": network_zone(db), **viewed_from(None)}
        values = {**asked, **held.of_actor(actor), **of_time}
        return await ask_within(await db.connection(), statement.sql, statement.ordered(values))

    def wanted(self, query: Paging) -> list[ColumnElement[bool]]:
        """The conditions of a query of its lists, for an export; not what is asked together."""
        asked = [*self.only, *wanted(self.model, query, self.filters, but=self._jointly)]
        return asked if self.goes_on is None else [*asked, self.goes_on]

    # ------------------------------------------------------------------ how it is asked for

    @cached_property
    def orders(self) -> Orders:
        """Each order that a list may be asked for, by name."""
        return Orders(self.model, self.sorts)

    @property
    def default(self) -> str:
        """The order of a list that is asked for in none."""
        return "-" * self.latest_first + next(iter(self.sorts))

    @property
    def _scope_id(self) -> Any:
        return scope_of(self.model)

    @property
    def _versions(self) -> list[Any]:
        """What the ETag counts; nothing of what never changes, of which it is the hash alone."""
        counted = [getattr(self.model, "version", null())]
        if "content_version" in self.out.model_fields:
            counted.append(self.model.content_version)
        return counted

    def _once(
        self, shape: Any, write: Callable[[], tuple[Selected, Held]]
    ) -> tuple[Statement, Held]:
        found = self._written.get(shape)
        if found is None:
            if len(self._written) > _KEPT:
                self._written.clear()
            statement, held = write()
            found = self._written[shape] = (Statement.of(statement), held)
        return found

    def _held(self, by: By, *more: str) -> Held:
        asked = {self.permission, *self.besides, *more, *permissions_of(self.lifecycle)}
        if "endorsements" in self.out.model_fields or self.heard:
            asked |= AUDIENCES
        if self.together:
            asked.add(self.together.permission)
        return Held(by, sorted(asked))

    def _one(self, by: By) -> tuple[Selected, Held]:
        held = self._held(by)
        here = held.at(self._scope_id)
        found = self._rows(self.out, held, here, self.model.id, *self._versions, body_at=1)
        found = found.where(self.model.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
        if by is By.ACTOR:  # whoever made a change is told of it
            return found, held
        seen = self.seen(held) if self.seen else held.holds(self.permission, here)
        return held.beside(found.where(seen, *self.only)), held

    def _part(self, by: By, part: Part[Any]) -> tuple[Selected, Held]:
        held = Held(by, [self.permission])
        its = part.one()
        found: Selected = select(self.model.id, its.c.body, its.c.version).select_from(self.model)
        found = joined(found, self.joins, self.beside).outerjoin(its, true())
        found = found.where(self.model.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
        if by is By.ACTOR:
            return found, held
        here = held.at(self._scope_id)
        found = found.join(here, true()).where(held.holds(self.permission, here))
        return held.beside(found), held

    def _page(self, shape: Shape) -> tuple[Selected, Held]:
        within = shape.within
        held = self._held(shape.by, *((within.permission, *within.besides) if within else ()))
        keys = self.orders[shape.order.removeprefix("-")]
        backwards = shape.order.startswith("-")
        wanted = [*self.only, *self._all_asked(held, dict(shape.asked))]
        if self.heard:
            wanted.append(self.heard(held))
        if self.goes_on is not None:
            wanted.append(self.goes_on)
        seen: Any = null()
        may: Any = true() if self.for_everyone else held.somewhere(self.permission)
        if within is not None:
            parent = bindparam("parent", type_=Uuid())
            wanted.append(within.of(parent))
            above = held.at(scope_of(within.model), "above")
            its = select(within.model.id).join_from(within.model, above, true())
            its = its.where(within.model.id == parent)
            seen = its.where(within.sees(held, above)).exists()
            if within.is_asked_there:
                may = its.where(held.holds(self.permission, above)).exists()
        total: Any = null()
        if shape.is_counted:
            reached = held.reaches(self.permission, self._scope_id)
            seen_here = self.seen(held) if self.seen else reached
            count = select(func.count()).select_from(self.model).where(*wanted, seen_here)
            total = count.scalar_subquery()
        if shape.is_later:
            later = tuple_(*(bindparam(f"after_{n}", type_=k.type) for n, k in enumerate(keys)))
            position = tuple_(*keys)
            wanted.append(position < later if backwards else position > later)
        chosen = self._chosen(
            held, wanted, keys, shape.most, is_flat=within is None, backwards=backwards
        )
        named = [chosen.c[f"k{n}"] for n, _ in enumerate(keys)]
        is_asked_here = self.lifecycle is not None or "endorsements" in self.out.model_fields
        here = held.at(self._scope_id) if is_asked_here else None
        out = self.listed or self.out
        found = self._rows(out, held, here, *named, body_at=0, chosen=chosen)
        return held.beside(found, may, seen, total, order=(named, backwards)), held

    def _chosen(
        self,
        held: Held,
        wanted: Sequence[Any],
        keys: Sequence[Key],
        most: int,
        *,
        is_flat: bool,
        backwards: bool,
    ) -> Any:
        """The rows of the page, chosen along an index before anything is joined to them.

        Of a flat list there are two ways, of which one is gone: whoever reaches few scopes finds
        the rows by these, whoever reaches many walks the list in its order.
        """
        named = [key.label(f"k{place}") for place, key in enumerate(keys)]
        rows = select(key_of(self.model).label("id"), *named).where(*wanted)
        scope_id = self._scope_id

        def limited(found: Selected) -> Any:
            return ordered(found, keys, backwards).limit(literal_column(str(most)))

        if self.seen or not is_flat:
            is_seen = self.seen(held) if self.seen else held.probed(self.permission, scope_id)
            few = limited(rows.where(is_seen)).subquery()
            return select(few).limit(bindparam("most")).subquery("chosen")
        walked = rows.where(held.probed(self.permission, scope_id))
        wide = select(held.is_wide(self.permission).c.is_wide).scalar_subquery()
        walked = limited(walked.where(wide)).subquery()
        gathered = rows.where(~wide, held.gathered(self.permission, scope_id))
        both = union_all(select(walked), select(limited(gathered).subquery())).subquery()
        some = select(both)
        places = [both.c[one.name] for one in named]
        return ordered(some, places, backwards).limit(bindparam("most")).subquery("chosen")

    def _all_asked(
        self, held: Held, asked: Mapping[str, type | None]
    ) -> Iterator[ColumnElement[bool]]:
        given = {name: parameter(self.model, name, asked[name]) for name in sorted(asked)}
        together = {name: given.pop(name) for name in sorted(self._jointly & asked.keys())}
        yield from (condition(self.model, self.filters, *one) for one in given.items())
        if self.together and together:
            yield self.together.asks(held, together)

    @property
    def _jointly(self) -> frozenset[str]:
        return self.together.names if self.together else frozenset()

    def _rows(
        self,
        out: type[BaseModel],
        held: Held,
        here: Any,
        *columns: Any,
        body_at: int,
        chosen: Any = None,
    ) -> Selected:
        """The rows with what is told of each; of those that were `chosen`, which come first, since
        PostgreSQL orders no more than eight joins by itself."""
        told = {name: one() if isfunction(one) else one for name, one in self.told.items()}
        if "available_actions" in self.out.model_fields and self.lifecycle is not None:
            moves = moves_open(self.lifecycle, self.model, held, here)
            if self.goes_on is not None:
                moves = case((self.goes_on, moves), else_=verbatim("[]"))
            told["available_actions"] = moves
        if "endorsements" in self.out.model_fields:
            told["endorsements"] = words_about(self.model, held, here)
        body: Label[str] = record(out, self.model, told).label("body")
        found = select(*columns[:body_at], body, *columns[body_at:])
        if chosen is None:
            found = found.select_from(self.model)
        else:
            found = found.select_from(chosen).join(self.model, key_of(self.model) == chosen.c.id)
        found = joined(found, self.joins, self.beside)
        return found.join(here, true()) if here is not None else found
