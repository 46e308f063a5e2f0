"""On which nodes somebody must be able to grant a role, so that it reaches no further than they do.

A role on most scopes is judged at one node, which reaches all that the role will reach. What a
collaboration is in lies in several hands. Each set of nodes in this table will do, and all of the
nodes in it are asked about:

| a role on | is given by who may give it on |
|---|---|
| a collaboration | itself: its leads |
| | each of its memberships that stand, where any does |
| | the network |
| | while nobody ever led it: its dossier, as who set it up, or its first membership |
| a dossier | its collaboration, or the network |
| any other scope | its `granted_at` |

Which memberships stand, and which is the first, the packages say that have them.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeKind

Ground = frozenset[UUID]
"""Nodes on all of which a role must be somebody's to grant."""

Below = Select[*tuple[Any, ...]]
"""Ids of memberships as `id`, each with that of its collaboration as `collaboration_id`."""

_STANDING: Final[list[Below]] = []
_FIRST: Final[list[Below]] = []


def stands(below: Below) -> None:
    """Enter memberships that others have a say in: while they stand, a role on their collaboration
    is given by who may give it on each."""
    _STANDING.append(below)


def comes_first(below: Below) -> None:
    """Enter, of each collaboration, the one membership by which it came here."""
    _FIRST.append(below)


async def grounds_of(
    db: AsyncSession, scope: Scope, *, besides: UUID | None = None
) -> Sequence[Ground]:
    """The sets of nodes of which one must do, for a role on the scope; `besides` is the role that
    is judged, where it was given already."""
    if scope.kind is ScopeKind.COLLABORATION:
        return await _of_collaboration(db, scope, besides)
    if scope.kind is ScopeKind.DOSSIER:
        above = select(Scope.id).where(
            Scope.granted_at_id == scope.id, Scope.kind == ScopeKind.COLLABORATION
        )
        return [*(Ground({node}) for node in await db.scalars(above)), Ground({NETWORK_ID})]
    return [Ground({scope.granted_at_id})]


async def _of_collaboration(
    db: AsyncSession, scope: Scope, besides: UUID | None
) -> Sequence[Ground]:
    grounds = [Ground({scope.id}), Ground({NETWORK_ID})]
    if standing := await _memberships(db, _STANDING, scope.id):
        grounds.append(Ground(standing))
    if not await was_ever_led(db, scope.id, besides):
        first = await _memberships(db, _FIRST, scope.id)
        grounds += [Ground({node}) for node in (scope.granted_at_id, *first)]
    return grounds


async def _memberships(
    db: AsyncSession, entered: Sequence[Below], collaboration_id: UUID
) -> Sequence[UUID]:
    if not entered:
        return []
    every = union(*entered).subquery()
    found = select(every.c.id).where(every.c.collaboration_id == collaboration_id)
    return list(await db.scalars(found))


async def was_ever_led(
    db: AsyncSession, collaboration_id: UUID, besides: UUID | None = None
) -> bool:
    """Whether anybody has begun to lead the collaboration, however long ago, by another role than
    `besides`."""
    leads = select(RoleAssignment.id).where(
        RoleAssignment.scope_id == collaboration_id,
        RoleAssignment.role == Role.COLLABORATION_LEAD,
        RoleAssignment.valid_from <= now(db),
        RoleAssignment.id.is_distinct_from(besides),
        or_(
            RoleAssignment.valid_until.is_(None),
            RoleAssignment.valid_until > RoleAssignment.valid_from,
        ),
    )
    return bool(await db.scalar(select(leads.exists())))
