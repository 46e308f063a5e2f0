"""The one authorisation rule: a role reaches its scope and all below, and nothing else is seen.

Every list of a protected table starts from `visible`, every write gets its row from a `Loader`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, false, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel import versions
from app.kernel.clock import now
from app.kernel.errors import NotFound, not_allowed
from app.people.identity.actors import Actor
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
        return true() if NETWORK_ID in self.actor.scopes_of(permission) else false()

    def reaches(self, permission: str, scope_id: Any) -> ColumnElement[bool]:
        return reached(scope_id, self.actor, permission)


def reached(scope_id: Any, actor: Actor, permission: str) -> ColumnElement[bool]:
    """Whether a column's scope lies where `actor` holds `permission`.

    It is asked as a set and not gathered into an array: PostgreSQL knows how many scopes lie below
    one and chooses, from the set by the index on the column, or along the order of the list. An
    array it takes to be short, and searches from end to end for each row.
    """
    scopes = actor.scopes_of(permission)
    if NETWORK_ID in scopes:
        return true()
    if not scopes:
        return false()
    below = select(ScopeClosure.descendant_id).where(
        ScopeClosure.ancestor_id == any_(literal(list(scopes), ARRAY(Uuid())))
    )
    return scope_id.in_(below)


@dataclass(frozen=True)
class Loader(Generic[Model]):
    """How the row of one noun is obtained: by which permission it is seen, what is raised where it
    is not, and what is loaded with it. `moves_with` is the thing that it refers to which moves as
    it does: it is joined, and held after it by the same statement."""

    model: type[Model]
    permission: str
    missing: type[NotFound]
    options: Sequence[ORMOption] = ()
    moves_with: InstrumentedAttribute[Any] | None = None

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
        wanted = self.rows(actor, permission).where(self.model.id == thing_id)
        if lock:
            await self.hold_above(db, wanted)
        statement = wanted.add_columns(_own_scopes_above(self.model.scope_id, actor))
        statement = statement.options(*self.options)
        with_it: list[type[Any]] = []
        if self.moves_with is not None:
            statement = statement.join(self.moves_with)
            with_it = [self.moves_with.property.entity.class_]
        if lock:
            statement = held(statement, self.model, *with_it)
        found = (await db.execute(statement)).one_or_none()
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

    def rows(self, actor: Actor, permission: str) -> Select[Model]:
        """What the actor may see by `permission`."""
        return seen(self.model, actor, permission)

    async def hold_above(self, db: AsyncSession, wanted: Select[Model]) -> None:
        """Lock what is locked before the row that `wanted` finds: nothing, for most nouns."""


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


def _own_scopes_above(scope_id: Any, actor: Actor) -> ColumnElement[Sequence[UUID]]:
    held = [own for own in actor.own_scopes() if own != NETWORK_ID]
    if not held:
        return literal([], ARRAY(Uuid()))
    above = select(ScopeClosure.ancestor_id).where(
        ScopeClosure.descendant_id == scope_id,
        ScopeClosure.ancestor_id == any_(literal(held, ARRAY(Uuid()))),
    )
    return func.array(above.scalar_subquery(), type_=ARRAY(Uuid()))
