"""A draft that is deleted: what hangs on it goes with it, or stands in its way by name."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.errors import Conflict
from app.kernel.references import Dependant, dependants
from app.people.identity.actors import Actor
from app.people.identity.drafts import queries
from app.people.identity.models import Invitation
from app.people.identity.scopes import NETWORK_ID, Scope, remove_scope

_OF_NODES: Final = {"scopes", "scope_edges", "scope_closure", "role_assignments", "invitations"}


@dataclass(frozen=True)
class Gone:
    """Something that was deleted, as the record keeps it: on the network, since it has no node.

    Each noun has its own.
    """

    __noun__: ClassVar[str]

    id: UUID
    scope_id: UUID = NETWORK_ID


class DraftDependedOn(Conflict):
    """Something depends on it: `dependants` names the first twenty. Take those away first, or let
    it stand."""


async def refuse_depended_on(
    db: AsyncSession,
    targets: Mapping[str, Sequence[UUID]],
    *,
    nodes: Sequence[UUID],
    parts: Collection[str] = (),
) -> None:
    """Refuse to delete what something refers to that is neither its part nor hangs on its nodes.

    Roles on the nodes go with it, and invitations that are over; an open one stands in the way.
    Raises DraftDependedOn (409), naming what there is.
    """
    besides = {*_OF_NODES, *parts}
    found = await dependants(db, {**targets, "scopes": nodes}, besides=besides)
    invitations = await queries.open_invitations(db, nodes)
    found += [Dependant("invitations", one.name, one.id) for one in invitations]
    if found:
        named = "; ".join(f"{one.kind.replace('_', ' ')}: {one.name or one.id}" for one in found)
        raise DraftDependedOn(
            f"Depends on it: {named}.", extra={"dependants": [one.shown() for one in found]}
        )


async def remove_nodes(db: AsyncSession, actor: Actor, nodes: Sequence[UUID]) -> None:
    """Take these nodes out, the lowest first, with the roles on them, each on record, and the
    invitations that are over; their nouns are deleted before."""
    for assignment in await queries.roles_on(db, nodes):
        detail = {"account_id": str(assignment.account_id), "role": assignment.role}
        activity.record(db, actor, "role_assignment.ended", assignment, detail=detail)
        await db.delete(assignment)
    await db.flush()
    await db.execute(delete(Invitation).where(Invitation.scope_id.in_(nodes)))
    own = update(Scope).where(Scope.id.in_(nodes)).values(granted_at_id=Scope.id)
    await db.execute(own)
    for node in nodes:
        await remove_scope(db, node)
