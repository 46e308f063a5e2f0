"""The one authorisation rule: a role reaches its scope and all below, and nothing else is seen.

Every list of a protected table starts from `visible`, every write gets its row from a `Loader`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel import versions
from app.kernel.clock import now
from app.kernel.errors import NotFound, not_allowed
from app.people.identity.actors import Actor, Reach
from app.people.identity.scopes import NETWORK_ID, ScopeClosure


class Scoped(Protocol):
    """A table whose rows each belong to a scope."""

    id: Mapped[UUID]
    scope_id: Mapped[UUID]


class Versioned(Scoped, Protocol):
    """One whose rows count their changes."""

    version: Mapped[int]


Model = TypeVar("Model", bound=Scoped)
Changeable = TypeVar("Changeable", bound=Versioned)
Row = TypeVar("Row")
Columns = TypeVarTuple("Columns")
Asking = Select[*tuple[Any, ...]]


def visible(model: type[Model], actor: Actor, permission: str) -> Select[Model]:
    """The rows of `model` that `actor` may see by `permission`, for a list.

    Raises NotAllowed (403) for who holds it nowhere: an empty list would say that there is nothing.
    """
    require_somewhere(actor, permission)
    return seen(model, actor, permission)


def seen(model: type[Model], actor: Actor, permission: str) -> Select[Model]:
    """The same where nothing is listed: what is not seen is missed."""
    return select(model).where(reached(model.scope_id, actor, permission))


def require_somewhere(actor: Actor, permission: str) -> None:
    """Raises NotAllowed (403), naming the permission, unless the actor holds it on some scope."""
    if not actor.holds_somewhere(permission):
        raise not_allowed(permission)


class Sight(Protocol):
    """Whoever looks, for a rule of what is seen that is more than a permission: an actor in hand
    (`Looking`), or somebody whom the statement has yet to prove (`people/reads/held`)."""

    @property
    def account_id(self) -> Any: ...

    @property
    def person_id(self) -> Any: ...

    def everywhere(self, permission: str) -> ColumnElement[bool]:
        """Whether it is held on the network."""
        ...

    def reaches(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        """Whether a column's scope lies where it is held."""
        ...


@dataclass(frozen=True)
class Looking:
    """An actor as the one who looks. Who is nobody is equal to none: a null is no condition."""

    actor: Actor

    @property
    def account_id(self) -> ColumnElement[UUID | None]:
        return literal(self.actor.account_id, Uuid())

    @property
    def person_id(self) -> ColumnElement[UUID | None]:
        return literal(self.actor.person_id, Uuid())

    def everywhere(self, permission: str) -> ColumnElement[bool]:
        is_so = self.actor.reach_of(permission) is Reach.EVERYWHERE
        return true() if is_so else false()

    def reaches(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        return reached(scope_id, self.actor, permission)


@dataclass(frozen=True)
class Named(Looking):
    """An actor of whom a statement knows where each permission is held, everywhere or nowhere or on
    some scopes, but not who they are nor which scopes: these are given each time it is asked."""

    names: dict[str, str]
    """The permissions that the statement asks about, each by the name of its scopes."""

    @property
    def account_id(self) -> ColumnElement[UUID | None]:
        return bindparam("account_id", type_=Uuid())

    @property
    def person_id(self) -> ColumnElement[UUID | None]:
        return bindparam("person_id", type_=Uuid())

    def everywhere(self, permission: str) -> ColumnElement[bool]:
        self._name(permission)
        return super().everywhere(permission)

    def reaches(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        scopes = bindparam(self._name(permission), type_=ARRAY(Uuid()))
        return _reached(scope_id, self.actor.reach_of(permission), scopes)

    def _name(self, permission: str) -> str:
        return self.names.setdefault(permission, f"scopes_{len(self.names)}")


def reached(scope_id: Any, actor: Actor, permission: str) -> ColumnElement[bool]:
    """Whether a column's scope lies where `actor` holds `permission`."""
    scopes = literal(list(actor.scopes_of(permission)), ARRAY(Uuid()))
    return _reached(scope_id, actor.reach_of(permission), scopes)


def _reached(scope_id: Any, reach: Reach, scopes: ColumnElement[Any]) -> ColumnElement[bool]:
    """It is asked as a set and not gathered into an array: PostgreSQL knows how many scopes lie
    below one and chooses, from the set by the index on the column, or along the order of the list.
    An array it takes to be short, and searches from end to end for each row."""
    if reach is not Reach.SOMEWHERE:
        return true() if reach is Reach.EVERYWHERE else false()
    below = select(ScopeClosure.descendant_id).where(ScopeClosure.ancestor_id == any_(scopes))
    return scope_id.in_(below)


@dataclass(frozen=True)
class Above:
    """What is locked before a row that hangs on it: the column that names it, of the row or of what
    `through` leads to, and how it is locked."""

    which: Any
    hold: Callable[[AsyncSession, UUID], Awaitable[object]]
    through: InstrumentedAttribute[Any] | None = None


@dataclass(frozen=True)
class Loader(Generic[Model]):
    """How the row of one noun is obtained: by which permission it is seen, or as `seen` says, what
    is raised where it is not, and what is loaded with it. `moves_with` is the thing that it refers
    to which moves as it does: it is joined, and held after it by the same statement; `above` is
    held before it.

    What finds it is written once for all of whom its permissions reach alike (`Named`): SQLAlchemy
    takes longer to write a statement, and to see that it has compiled it, than to run it.
    """

    model: type[Model]
    permission: str
    missing: type[NotFound]
    options: Sequence[ORMOption] = ()
    moves_with: InstrumentedAttribute[Any] | None = None
    seen: Callable[[Sight], ColumnElement[bool]] | None = None
    above: Above | None = None
    _names: dict[str, dict[str, str]] = field(
        default_factory=dict[str, dict[str, str]], init=False, compare=False, repr=False
    )
    _written: dict[tuple[Any, ...], Asking] = field(
        default_factory=dict[tuple[Any, ...], Asking], init=False, compare=False, repr=False
    )

    async def __call__(
        self,
        db: AsyncSession,
        actor: Actor,
        thing_id: UUID,
        permission: str | None = None,
        *,
        lock: bool = False,
    ) -> Model:
        """The row of this id, with all the actor holds on it looked up in the same statement.

        Raises `missing` (404) when there is none or the actor may not see it, by `permission` where
        one is given. With `lock` the row is read afresh and held (FOR NO KEY UPDATE) until the
        transaction ends; whoever does not see it neither holds it nor waits for it.
        """
        permission = permission or self.permission
        if lock and self.above is not None:
            which = await db.scalar(*self._asked(actor, thing_id, permission, self._which))
            if which is None:
                raise self.missing
            await self.above.hold(db, which)
        write = self._held if lock else self._whole
        asked = await db.execute(*self._asked(actor, thing_id, permission, write))
        found: Any = asked.one_or_none()
        if found is None:
            raise self.missing
        thing, above = found
        actor.remember({thing.scope_id: above})
        actor.demand(permission, thing.scope_id)
        return thing

    async def allowing(
        self,
        db: AsyncSession,
        actor: Actor,
        thing_id: UUID,
        permission: str,
        *,
        lock: bool = False,
    ) -> Model:
        """The row, for those who see it and hold `permission` on it (404, 403)."""
        thing = await self(db, actor, thing_id, lock=lock)
        require(actor, permission, thing.scope_id)
        return thing

    async def to_change(
        self: "Loader[Changeable]",
        db: AsyncSession,
        actor: Actor,
        thing_id: UUID,
        permission: str,
        *,
        if_match: int | None,
    ) -> "Changeable":
        """The row, held, for those who may change it and say what they read.

        Raises 404, 403, 428, 412, in this order.
        """
        thing = await self.allowing(db, actor, thing_id, permission, lock=True)
        versions.expect(thing, if_match)
        return thing

    def _rows(self, by: Sight, permission: str) -> Select[Model]:
        """What somebody may see by `permission`."""
        if self.seen is not None:
            return select(self.model).where(self.seen(by))
        return select(self.model).where(by.reaches(permission, self.model.scope_id))

    def _asked(
        self,
        actor: Actor,
        thing_id: UUID,
        permission: str,
        write: Callable[[Asking], Asking],
    ) -> tuple[Asking, dict[str, Any]]:
        """What is asked of the row, written once, and what is given with it."""
        names = self._names.setdefault(permission, {})

        def shape() -> tuple[Any, ...]:
            return (permission, write.__name__, *map(actor.reach_of, names))

        statement = self._written.get(shape())
        if statement is None:
            wanted = self._rows(Named(actor, names), permission)
            wanted = wanted.where(self.model.id == bindparam("thing_id", type_=Uuid()))
            statement = self._written[shape()] = write(wanted)
        given = {name: list(actor.scopes_of(one)) for one, name in names.items()}
        own = [scope_id for scope_id in actor.own_scopes() if scope_id != NETWORK_ID]
        by = {"account_id": actor.account_id, "person_id": actor.person_id}
        return statement, {**given, **by, "thing_id": thing_id, "own_scopes": own}

    def _which(self, wanted: Asking) -> Asking:
        """What is locked before the row."""
        assert self.above is not None
        if self.above.through is not None:
            wanted = wanted.join(self.above.through)
        return wanted.with_only_columns(self.above.which)

    def _whole(self, wanted: Asking) -> Asking:
        """The row with what is loaded with it, and which of the actor's own scopes lie above."""
        statement = wanted.add_columns(_own_scopes_above(self.model.scope_id))
        if self.moves_with is not None:
            statement = statement.join(self.moves_with)
        return statement.options(*self.options)

    def _held(self, wanted: Asking) -> Asking:
        """The same, held."""
        with_it = [] if self.moves_with is None else [self.moves_with.property.entity.class_]
        return held(self._whole(wanted), self.model, *with_it)


async def one(
    db: AsyncSession,
    statement: Select[Row],
    of: type[Row],
    *,
    lock: bool = False,
    missing: type[NotFound],
) -> Row:
    """The one row of a statement that says itself what may be seen. Raises `missing` (404)."""
    found = await db.scalar(held(statement, of) if lock else statement)
    if found is None:
        raise missing
    return found


def held(
    statement: Select[*Columns], *of: type[Any], skip_locked: bool = False
) -> Select[*Columns]:
    """The statement, reading its rows afresh and holding them until the transaction ends; with
    `skip_locked` those that another holds are left out."""
    statement = statement.with_for_update(key_share=True, of=of, skip_locked=skip_locked)
    return statement.execution_options(populate_existing=True)


def require(actor: Actor, permission: str, scope_id: UUID) -> None:
    """Raises NotAllowed (403), naming the permission, unless the actor holds it on the scope."""
    if not actor.demand(permission, scope_id):
        raise not_allowed(permission)


def require_decider(db: AsyncSession, actor: Actor) -> None:
    """Raises AddressNotProved (403) for whoever may not decide now."""
    if refusal := actor.barred(now(db)):
        raise refusal


def _own_scopes_above(scope_id: Any) -> ColumnElement[Sequence[UUID]]:
    own = bindparam("own_scopes", type_=ARRAY(Uuid()))
    above = select(ScopeClosure.ancestor_id).where(
        ScopeClosure.descendant_id == scope_id, ScopeClosure.ancestor_id == any_(own)
    )
    return func.array(above.scalar_subquery(), type_=ARRAY(Uuid()))
