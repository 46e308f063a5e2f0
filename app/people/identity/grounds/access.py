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

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Uuid,
    and_,
    case,
    literal,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.kernel.clock import Moment, now
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


def standing_memberships() -> CompoundSelect[*tuple[Any, ...]]:
    """Those that others have a say in, as they were entered."""
    return union(*_STANDING)


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
    led = has_led(RoleAssignment, now(db)).where(
        RoleAssignment.scope_id == collaboration_id, RoleAssignment.id.is_distinct_from(besides)
    )
    return bool(await db.scalar(select(led.exists())))


def has_led(role: Any, at: Moment) -> Select[UUID]:
    """The roles of leads that have begun; one that became void before it began never did."""
    return select(role.id).where(
        role.role == Role.COLLABORATION_LEAD,
        role.valid_from <= at,
        role.voided_at.is_(None),
        or_(role.valid_until.is_(None), role.valid_until > role.valid_from),
    )


def is_met(
    scope: Any,
    may_grant_at: Callable[[Any], ColumnElement[bool]],
    at: Moment,
    *,
    besides: Any = None,
) -> ColumnElement[bool]:
    """`grounds_of` as a condition: whether the table's nodes, for a row of scopes, are such on
    which the role may be granted; `besides` is the id of the role that is judged, where it was
    given already."""
    standing, first = standing_memberships().subquery(), union(*_FIRST).subquery()
    leading = aliased(RoleAssignment)
    was_led = has_led(leading, at).where(leading.scope_id == scope.id)
    if besides is not None:
        was_led = was_led.where(leading.id != besides)
    stand, foreign = (
        select(standing.c.id).where(standing.c.collaboration_id == scope.id) for _ in range(2)
    )
    foreign = foreign.where(not_(may_grant_at(standing.c.id)))
    as_first = select(first.c.id).where(
        first.c.collaboration_id == scope.id, may_grant_at(first.c.id)
    )
    above = aliased(Scope)
    of_dossier = select(above.id).where(
        above.granted_at_id == scope.id,
        above.kind == ScopeKind.COLLABORATION,
        may_grant_at(above.id),
    )
    on_network = may_grant_at(literal(NETWORK_ID, Uuid))
    of_collaboration = or_(
        may_grant_at(scope.id),
        on_network,
        and_(stand.exists(), not_(foreign.exists())),
        and_(not_(was_led.exists()), or_(may_grant_at(scope.granted_at_id), as_first.exists())),
    )
    return case(
        (scope.kind == ScopeKind.COLLABORATION, of_collaboration),
        (scope.kind == ScopeKind.DOSSIER, or_(of_dossier.exists(), on_network)),
        else_=may_grant_at(scope.granted_at_id),
    )
