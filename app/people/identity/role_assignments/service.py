"""Granting and ending roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import record
from app.kernel.clock import now
from app.kernel.errors import Conflict, FieldProblem, Unprocessable, constraint
from app.kernel.schemas import OptionalReason
from app.kernel.written import Written
from app.people.identity.access import require_decider
from app.people.identity.accounts.access import account_named
from app.people.identity.actors import Actor, SignedIn
from app.people.identity.beginnings.service import settle_given_by
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.role_assignments import access
from app.people.identity.role_assignments.schemas import (
    CreateRoleAssignment,
    RenewRoleAssignment,
    RoleAssignmentOut,
    RoleOut,
    RolePage,
)
from app.people.identity.role_assignments.telling import ROLE_ASSIGNMENTS
from app.people.identity.roles import ROLES, Role, everywhere_of, permissions_of
from app.people.identity.scopes import Scope, give_up


class RoleAlreadyHeld(Conflict):
    """The account holds this role on this scope already, for some of that time."""


class RoleAssignmentEnded(Conflict):
    """The role assignment has ended already."""


class RoleNotVoid(Conflict):
    """Only a role that became void before it began is given anew, once."""


class ValidityInvalid(Unprocessable):
    """A role begins now or later, and ends after it begins."""


constraint("ex_role_assignments_one_at_a_time", RoleAlreadyHeld)


def list_roles() -> RolePage:
    """The table of roles."""
    items = [
        RoleOut(
            name=role,
            summary=about.summary,
            held_on=sorted(about.held_on),
            grants=sorted(about.grants),
            permissions=sorted(permissions_of(role)),
            everywhere=sorted(everywhere_of(role)),
        )
        for role, about in ROLES.items()
    ]
    return RolePage(items=items, next_cursor=None, total_count=len(items))


async def create_role_assignment(
    db: AsyncSession, actor: SignedIn, body: CreateRoleAssignment
) -> Written[RoleAssignmentOut]:
    """Grant a role to an account one may see, within the list of one's own roles there.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther, OwnRole (403), RoleAlreadyHeld
    (409), and AccountUnknown, ScopeUnknown, RoleNotForScope, ValidityInvalid (422).
    """
    named = [("/scope_id", body.scope_id)]
    scope = (await access.scopes_to_grant_on(db, actor, named))[body.scope_id]
    await access.hold_place(db, scope.id)
    await access.require_may_grant(db, actor, "role_assignment.create", body.role, scope)
    require_decider(db, actor)
    account = await account_named(db, actor, body.account_id, pointer="/account_id")
    await access.refuse_own(db, actor, account, body.role, scope)
    at = now(db)
    begins = body.valid_from or at
    _check_validity(begins, body.valid_until, at)
    granted = await assign(
        db, actor, account, body.role, scope, valid_from=begins, valid_until=body.valid_until
    )
    return await ROLE_ASSIGNMENTS.told_to(db, actor, granted.id)


def _check_validity(begins: datetime, ends: datetime | None, at: datetime) -> None:
    faults = [
        FieldProblem(pointer=pointer, code="validity_invalid", detail=detail)
        for wrong, pointer, detail in (
            (begins < at, "/valid_from", "A role cannot begin in the past."),
            (ends is not None and ends <= begins, "/valid_until", "It must end after it begins."),
        )
        if wrong
    ]
    if faults:
        raise ValidityInvalid(errors=faults)


async def assign(
    db: AsyncSession,
    actor: Actor,
    account: Account,
    role: Role,
    scope: Scope,
    *,
    granted_by_id: UUID | None = None,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> RoleAssignment:
    """Let an account hold a role. The caller has asked whether that may be.

    Once somebody leads a collaboration, whoever set it up no longer keeps its dossier. Raises
    RoleAlreadyHeld (409).
    """
    begins = valid_from or now(db)
    granted = RoleAssignment(
        account=account,
        role=role,
        scope=scope,
        valid_from=begins,
        valid_until=valid_until,
        is_to_come=begins > now(db),
        granted_by_id=granted_by_id or actor.account_id,
    )
    db.add(granted)
    await db.flush()
    if role is Role.COLLABORATION_LEAD:
        await give_up(db, scope)
    detail = {"account_id": str(account.id), "role": role}
    record(db, actor, "role_assignment.created", granted, detail=detail)
    return granted


async def end_role_assignment(
    db: AsyncSession, actor: SignedIn, role_assignment_id: UUID, body: OptionalReason
) -> Written[RoleAssignmentOut]:
    """End a role now: one's own, or one that one might have granted. One that became void before it
    began is let be.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther, AppointedBeside (403),
    RoleAssignmentEnded and LastHolder (409).
    """
    ending = await access.role_assignment(db, actor, role_assignment_id, lock=True)
    if ending.account_id != actor.account_id:
        await access.require_may_end(db, actor, ending)
    at = now(db)
    has_ended = ending.valid_until is not None and ending.valid_until <= at
    if not ending.is_to_come and (has_ended or ending.voided_at is not None):
        raise RoleAssignmentEnded
    await access.require_another(db, ending)
    await settle_given_by(db, ending.account_id)
    ending.valid_until = max(at, ending.valid_from)
    ending.is_to_come = False
    detail = {"account_id": str(ending.account_id), "role": ending.role}
    record(db, actor, "role_assignment.ended", ending, reason=body.reason, detail=detail)
    await db.flush()
    await settle_given_by(db, ending.account_id)
    return await ROLE_ASSIGNMENTS.told_to(db, actor, ending.id)


async def renew_role_assignment(
    db: AsyncSession, actor: SignedIn, role_assignment_id: UUID, body: RenewRoleAssignment
) -> Written[RoleAssignmentOut]:
    """Give a role anew, in one's own name, that became void before it began: it is judged as one
    that is given now.

    Raises NotAllowed, RoleNotYoursToGrant, RoleReachesFurther, OwnRole (403), RoleNotVoid,
    RoleAlreadyHeld (409), AccountUnknown, RoleNotForScope, ValidityInvalid (422).
    """
    void = await access.role_assignment(db, actor, role_assignment_id, lock=True)
    await access.hold_place(db, void.scope_id)
    permission = "role_assignment.create"
    await access.require_may_grant(db, actor, permission, void.role, void.scope, besides=void.id)
    require_decider(db, actor)
    await account_named(db, actor, void.account_id, pointer="/account_id")
    await access.refuse_own(db, actor, void.account, void.role, void.scope)
    if void.voided_at is None or not void.is_to_come:
        raise RoleNotVoid
    begins = body.valid_from or max(void.valid_from, now(db))
    _check_validity(begins, body.valid_until, now(db))
    void.is_to_come = False
    granted = await assign(
        db,
        actor,
        void.account,
        void.role,
        void.scope,
        valid_from=begins,
        valid_until=body.valid_until,
    )
    detail = {"role_assignment_id": str(granted.id)}
    record(db, actor, "role_assignment.renewed", void, detail=detail)
    await db.flush()
    return await ROLE_ASSIGNMENTS.told_to(db, actor, granted.id)
