"""Who may see, grant and end which roles.

Roles on a scope are governed where `granted_at_id` of the scope points: those of a collaboration
at its dossier, which the coordinators of its cohorts reach.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.kernel.errors import Conflict, FieldProblem, NotAllowed, NotFound, Unprocessable
from app.people.identity.access import one, reached, require
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.roles import ROLES, Role, everywhere_of, permissions_of
from app.people.identity.scopes import NETWORK_ID, Scope

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


class OwnRole(NotAllowed):
    """Nobody grants themselves a role, nor a service account of theirs more than they hold."""


class LastHolder(Conflict):
    """Somebody must hold this role here, and nobody else does."""


def visible_assignments(actor: SignedIn) -> Select[RoleAssignment]:
    """One's own roles, and those on scopes whose assignments one may read."""
    governed = reached(Scope.granted_at_id, actor, "role_assignment.read")
    return (
        select(RoleAssignment)
        .join(RoleAssignment.scope)
        .where(or_(governed, RoleAssignment.account_id == actor.account_id))
    )


def described(statement: Select[RoleAssignment]) -> Select[RoleAssignment]:
    """With the scope and the account, for an answer that names both."""
    eager = (joinedload(RoleAssignment.scope, innerjoin=True), joinedload(RoleAssignment.account))
    return statement.options(*eager)


def is_valid(at: datetime) -> ColumnElement[bool]:
    """Whether a role is held at an instant."""
    unended = or_(RoleAssignment.valid_until.is_(None), RoleAssignment.valid_until > at)
    return and_(RoleAssignment.valid_from <= at, unended)


def valid_now(db: AsyncSession) -> Select[RoleAssignment]:
    """Every role that is held now, for the caller to narrow to one account or one scope."""
    return select(RoleAssignment).where(is_valid(now(db)))


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

    Raises ScopeUnknown (422) with every pointer at which there is none that the actor may see.
    """
    wanted = {scope_id for _, scope_id in named}
    governed = reached(Scope.granted_at_id, actor, "role_assignment.read")
    rows = await db.scalars(select(Scope).where(Scope.id.in_(wanted), governed))
    found = {scope.id: scope for scope in rows}
    faults = [
        FieldProblem(pointer=pointer, code="scope_unknown", detail="No scope that you may see.")
        for pointer, scope_id in named
        if scope_id not in found
    ]
    if faults:
        raise ScopeUnknown(errors=faults)
    await actor.reach(db, [scope.granted_at_id for scope in found.values()])
    return found


def require_may_grant(actor: Actor, permission: str, role: Role, scope: Scope) -> None:
    """Refuse unless one of the actor's roles at or above the scope may grant this one.

    Raises NotAllowed and RoleNotYoursToGrant (403), RoleNotForScope (422).
    """
    require(actor, permission, scope.granted_at_id)
    grantable = {one for own in actor.roles_at(scope.granted_at_id) for one in ROLES[own].grants}
    if role not in grantable:
        raise RoleNotYoursToGrant(extra={"grantable": sorted(grantable)})
    if scope.kind not in ROLES[role].held_on:
        raise RoleNotForScope(
            errors=[
                FieldProblem(
                    pointer="/role",
                    code="role_not_for_scope",
                    detail=f"A {role} is held on: {', '.join(sorted(ROLES[role].held_on))}.",
                )
            ]
        )


def refuse_own(actor: Actor, account: Account, role: Role, scope: Scope) -> None:
    """Refuse a role for oneself, or more for one's own service account than one holds.

    Raises OwnRole (403).
    """
    if account.person_id != actor.person_id:
        return
    here = all(actor.holds(one, scope.granted_at_id) for one in permissions_of(role))
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
    await db.execute(
        select(Scope.id).where(Scope.id == assignment.scope_id).with_for_update(key_share=True)
    )
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
