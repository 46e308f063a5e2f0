"""Who may see, grant and end which roles.

Who holds a role on a scope is seen where `granted_at_id` of the scope points: of a collaboration at
its dossier, which the coordinators of its cohorts reach. Who may grant one there, `grounds` says.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload

from app.kernel.clock import Moment, now
from app.kernel.errors import (
    Conflict,
    FieldProblem,
    NotAllowed,
    NotFound,
    Unprocessable,
    not_allowed,
)
from app.people.identity.access import Looking, Sight, one, reached
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.grounds.access import Ground, grounds_of
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments.beside import is_held, put_there_by
from app.people.identity.roles import ROLES, Role, everywhere_of, permissions_of
from app.people.identity.scopes import NETWORK_ID, Scope, ScopeClosure, ScopeKind

READ: Final = "role_assignment.read"
ADMINISTRATION: Final = "The network would be left without an administrator."
LEADERSHIP: Final = "The collaboration would be left without a lead; appoint a successor first."
LAST_OF: Final = {Role.ADMINISTRATOR: ADMINISTRATION, Role.COLLABORATION_LEAD: LEADERSHIP}
"""The roles that somebody must always hold, and what is said when nobody would."""


class RoleAssignmentNotFound(NotFound):
    """There is no such role assignment, or you may not see it."""


class ScopeUnknown(Unprocessable):
    """The request names a scope that there is not, or on which you may not see who holds roles."""


class RoleNotForScope(Unprocessable):
    """This role is not held on scopes of this kind. `GET /v1/roles` lists where each may be."""


class RoleNotYoursToGrant(NotAllowed):
    """None of your roles here may grant or end this one; `grantable` lists what they may."""


class RoleReachesFurther(NotAllowed):
    """On a collaboration this role reaches memberships that others run. One of its leads may grant
    or end it, or somebody who may on each of them, such as an administrator."""


class AppointedBeside(NotAllowed):
    """This lead was there when somebody who was none appointed another beside them. Neither of
    these two ends the role; another lead may, or an administrator."""


class OwnRole(NotAllowed):
    """Nobody grants themselves a role, nor a service account of theirs more than they hold."""


class LastHolder(Conflict):
    """Somebody must hold this role here, and nobody else does."""


def visible_assignments(actor: SignedIn) -> Select[RoleAssignment]:
    """The role assignments that the actor may see."""
    return select(RoleAssignment).where(is_seen(Looking(actor)))


def is_seen(by: Sight) -> ColumnElement[bool]:
    """One's own roles, those on scopes whose assignments one may read, and those that one gave on
    a collaboration of which one reaches a membership."""
    governed = by.reaches(READ, Scope.granted_at_id)
    given = RoleAssignment.granted_by_id == by.account_id
    there = (
        select(Scope.id)
        .where(
            Scope.id == RoleAssignment.scope_id,
            or_(governed, and_(given, known_by_membership(by, READ))),
        )
        .correlate_except(Scope)
    )
    return or_(RoleAssignment.account_id == by.account_id, there.exists())


def known_by_membership(by: Sight, permission: str) -> ColumnElement[bool]:
    """Whether a scope is a collaboration that has a membership on which the permission is held: it
    is known there, though its dossier may be closed."""
    below = aliased(Scope)
    found = (
        select(ScopeClosure.descendant_id)
        .join(below, below.id == ScopeClosure.descendant_id)
        .where(
            ScopeClosure.ancestor_id == Scope.id,
            below.kind == ScopeKind.MEMBERSHIP,
            by.reaches(permission, below.id),
        )
        .correlate_except(ScopeClosure, below)
    )
    return and_(Scope.kind == ScopeKind.COLLABORATION, found.exists())


def described(statement: Select[RoleAssignment]) -> Select[RoleAssignment]:
    """With the scope and the account, for an answer that names both."""
    eager = (joinedload(RoleAssignment.scope, innerjoin=True), joinedload(RoleAssignment.account))
    return statement.options(*eager)


def held_at(role: type[RoleAssignment], at: Any) -> ColumnElement[bool]:
    """Whether a role is held at an instant: it has begun, and has not ended."""
    unended = or_(role.valid_until.is_(None), role.valid_until > at)
    return and_(role.valid_from <= at, unended, role.is_to_come.is_(False))


def is_valid(at: Moment) -> ColumnElement[bool]:
    """Whether a role is held at an instant."""
    return held_at(RoleAssignment, at)


def valid_now(db: AsyncSession) -> Select[RoleAssignment]:
    """Every role that is held now, for the caller to narrow to one account or one scope."""
    return select(RoleAssignment).where(is_valid(now(db)))


def to_come() -> Select[RoleAssignment]:
    """Every role that was given for a later day, and has neither begun nor become void."""
    return select(RoleAssignment).where(
        RoleAssignment.is_to_come, RoleAssignment.voided_at.is_(None)
    )


def unended_of(db: AsyncSession, account_id: UUID) -> Select[RoleAssignment]:
    """The roles of an account that are held now or are to come."""
    until = RoleAssignment.valid_until
    held = RoleAssignment.account_id == account_id
    statement = select(RoleAssignment).where(held, or_(until.is_(None), until > now(db)))
    return statement.order_by(RoleAssignment.id)


async def role_assignment(
    db: AsyncSession, actor: SignedIn, role_assignment_id: UUID, *, lock: bool = False
) -> RoleAssignment:
    """One role assignment. Raises RoleAssignmentNotFound (404)."""
    statement = described(visible_assignments(actor)).where(RoleAssignment.id == role_assignment_id)
    found = await one(db, statement, RoleAssignment, lock=lock, missing=RoleAssignmentNotFound)
    await actor.reach(db, [found.scope.granted_at_id])
    return found


async def scopes_to_grant_on(
    db: AsyncSession, actor: Actor, named: Sequence[tuple[str, UUID]]
) -> dict[UUID, Scope]:
    """The scopes that a request names, by id; each comes with the JSON Pointer that names it.

    Raises ScopeUnknown (422) with every pointer at which there is none that the actor knows.
    """
    wanted = {scope_id for _, scope_id in named}
    known = or_(
        reached(Scope.granted_at_id, actor, READ),
        known_by_membership(Looking(actor), READ),
    )
    rows = await db.scalars(select(Scope).where(Scope.id.in_(wanted), known))
    found = {scope.id: scope for scope in rows}
    faults = [
        FieldProblem(pointer=pointer, code="scope_unknown", detail="No scope that you may see.")
        for pointer, scope_id in named
        if scope_id not in found
    ]
    if faults:
        raise ScopeUnknown(errors=faults)
    return found


async def hold_place(db: AsyncSession, scope_id: UUID) -> None:
    """Let nobody else give or end a role on this scope until the transaction ends: whether one may
    rests on who holds one."""
    statement = select(Scope.id).where(Scope.id == scope_id)
    await db.execute(statement.with_for_update(key_share=True))


async def require_may_grant(
    db: AsyncSession,
    actor: Actor,
    permission: str,
    role: Role,
    scope: Scope,
    *,
    besides: UUID | None = None,
) -> None:
    """Refuse unless the role may be held on the scope, and the actor's own roles may grant it on
    every node that it will reach.

    Raises RoleNotForScope (422), NotAllowed, RoleNotYoursToGrant, RoleReachesFurther (403).
    """
    if scope.kind not in ROLES[role].held_on:
        raise RoleNotForScope(errors=[_held_elsewhere(role)])
    await grounds_met(db, actor, permission, role, scope, besides=besides)


async def require_may_end(db: AsyncSession, actor: Actor, ending: RoleAssignment) -> None:
    """Refuse unless the actor might have granted the role.

    Nobody ends the role of a lead beside whom they were put by somebody who was none, nor, but for
    whoever may on the network, to leave the collaboration to whom they put there themselves. Raises
    NotAllowed, RoleNotYoursToGrant, RoleReachesFurther, AppointedBeside (403).
    """
    met = await grounds_met(db, actor, "role_assignment.end", ending.role, ending.scope)
    if ending.role is not Role.COLLABORATION_LEAD or Ground({NETWORK_ID}) in met:
        return
    every = select(RoleAssignment).where(
        RoleAssignment.scope_id == ending.scope_id, RoleAssignment.role == ending.role
    )
    leads = list(await db.scalars(every.options(joinedload(RoleAssignment.account))))
    others = [
        one
        for one in leads
        if one.account_id != ending.account_id
        and one.account.disabled_at is None
        and is_held(one, now(db))
    ]
    if not any(_as_team(actor, one) for one in met):
        hands = [put_there_by(o, ending, leads) for o in others if o.account_id == actor.account_id]
    else:
        own = await _accounts_of(db, actor)
        hands = [put_there_by(one, ending, leads) & own for one in others]
    if hands and all(hands):
        raise AppointedBeside


async def grounds_met(
    db: AsyncSession,
    actor: Actor,
    permission: str,
    role: Role,
    scope: Scope,
    *,
    besides: UUID | None = None,
) -> Sequence[Ground]:
    """The grounds on which the actor may give the role on the scope, or take it back.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther (403) where there is none.
    """
    grounds = await grounds_of(db, scope, besides=besides)
    nodes = Ground().union(*grounds)
    await actor.reach(db, nodes)
    held = [node for node in nodes if actor.holds(permission, node)]
    if not held:
        raise not_allowed(permission)
    grantable = {node: actor.may_appoint(node, scope.kind) for node in held}
    if all(role not in roles for roles in grantable.values()):
        listed = sorted(set[Role]().union(*grantable.values()))
        raise RoleNotYoursToGrant(extra={"grantable": listed})
    met = [one for one in grounds if all(role in grantable.get(node, ()) for node in one)]
    if not met:
        raise RoleReachesFurther
    for node in met[0]:
        actor.demand(permission, node)
    return met


async def _accounts_of(db: AsyncSession, actor: Actor) -> frozenset[UUID]:
    """Every account of the person who acts."""
    own = or_(Account.id.in_(actor.persons), Account.owner_id.in_(actor.persons))
    return frozenset(await db.scalars(select(Account.id).where(own)))


def _as_team(actor: Actor, ground: Ground) -> bool:
    """Whether it is not for leading the collaboration that the actor may end its leads' roles."""
    team = {role for role, about in ROLES.items() if Role.COLLABORATION_LEAD in about.grants}
    return all(actor.roles_at(node) & (team - {Role.COLLABORATION_LEAD}) for node in ground)


def _held_elsewhere(role: Role) -> FieldProblem:
    return FieldProblem(
        pointer="/role",
        code="role_not_for_scope",
        detail=f"The role {role} is held on: {', '.join(sorted(ROLES[role].held_on))}.",
    )


async def refuse_own(
    db: AsyncSession, actor: Actor, account: Account, role: Role, scope: Scope
) -> None:
    """Refuse a role for oneself, or more for one's own service account than one holds.

    Raises OwnRole (403).
    """
    if account.person_id != actor.person_id:
        return
    await actor.reach(db, [scope.id])
    here = all(actor.holds(one, scope.id) for one in permissions_of(role))
    everywhere = all(actor.holds(one, NETWORK_ID) for one in everywhere_of(role))
    if account.id in (actor.account_id, actor.person_id) or not (here and everywhere):
        raise OwnRole


async def require_another(db: AsyncSession, assignment: RoleAssignment) -> None:
    """Refuse to take a role that somebody must hold from the last who does.

    Holders are counted with their scope locked, so two who leave at once do not both count on
    each other. Raises LastHolder (409).
    """
    if assignment.role not in LAST_OF:
        return
    await hold_place(db, assignment.scope_id)
    others = (
        valid_now(db)
        .join(RoleAssignment.account)
        .where(
            RoleAssignment.role == assignment.role,
            RoleAssignment.scope_id == assignment.scope_id,
            RoleAssignment.account_id != assignment.account_id,
            RoleAssignment.valid_until.is_(None),
            Account.disabled_at.is_(None),
            Account.owner_id.is_(None),
        )
    )
    if await db.scalar(others.limit(1)) is None:
        raise LastHolder(LAST_OF[assignment.role])
