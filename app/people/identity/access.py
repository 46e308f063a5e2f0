"""The one authorisation rule: a role reaches its scope and all below, and nothing else is seen.

Every read of a protected table starts from `visible`, every write gets its row from `obtain`.
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, any_, false, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound, not_allowed
from app.people.identity.actors import Actor
from app.people.identity.scopes import NETWORK_ID, ScopeClosure


class Scoped(Protocol):
    """A table whose rows each belong to a scope."""

    id: Mapped[UUID]
    scope_id: Mapped[UUID]


Model = TypeVar("Model", bound=Scoped)


def visible(model: type[Model], actor: Actor, permission: str) -> Select[Model]:
    """The rows of `model` that `actor` may see by `permission`."""
    return select(model).where(reached(model.scope_id, actor, permission))


def reached(scope_id: Any, actor: Actor, permission: str) -> ColumnElement[bool]:
    """Whether a column's scope lies where `actor` holds `permission`.

    The scopes are gathered once, into an array, so that the index on the column is used whatever
    else the statement asks for (research: reliability 3.2).
    """
    scopes = actor.scopes_of(permission)
    if NETWORK_ID in scopes:
        return true()
    if not scopes:
        return false()
    below = select(ScopeClosure.descendant_id).where(
        ScopeClosure.ancestor_id == any_(literal(list(scopes), ARRAY(Uuid())))
    )
    return scope_id == any_(func.array(below.scalar_subquery(), type_=ARRAY(Uuid())))


async def obtain(
    db: AsyncSession,
    actor: Actor,
    model: type[Model],
    thing_id: UUID,
    permission: str,
    *,
    lock: bool = False,
    missing: type[NotFound],
    options: Sequence[ORMOption] = (),
) -> Model:
    """The row of this id, with all the actor holds on it looked up in the same statement.

    Raises `missing` (404) when there is none or the actor may not see it by `permission`. With
    `lock` the row is read afresh and held (FOR NO KEY UPDATE) until the transaction ends.
    """
    statement = (
        visible(model, actor, permission)
        .where(model.id == thing_id)
        .add_columns(_own_scopes_above(model.scope_id, actor))
        .options(*options)
    )
    if lock:
        statement = statement.with_for_update(key_share=True, of=model)
        statement = statement.execution_options(populate_existing=True)
    found = (await db.execute(statement)).one_or_none()
    if found is None:
        raise missing
    thing, above = found
    actor.remember({thing.scope_id: above})
    actor.demand(permission, thing.scope_id)
    return thing


def require(actor: Actor, permission: str, scope_id: UUID) -> None:
    """Raises NotAllowed (403), naming the permission, unless the actor holds it on the scope."""
    if not actor.demand(permission, scope_id):
        raise not_allowed(permission)


def _own_scopes_above(scope_id: Any, actor: Actor) -> ColumnElement[Sequence[UUID]]:
    held = [own for own in actor.own_scopes() if own != NETWORK_ID]
    if not held:
        return literal([], ARRAY(Uuid()))
    above = select(ScopeClosure.ancestor_id).where(
        ScopeClosure.descendant_id == scope_id,
        ScopeClosure.ancestor_id == any_(literal(held, ARRAY(Uuid()))),
    )
    return func.array(above.scalar_subquery(), type_=ARRAY(Uuid()))
