"""The contract of roles and of who holds them."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import AddressNotProved
from app.kernel.schemas import OptionalReason
from app.kernel.written import Written, WrittenList
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.identity.role_assignments import service
from app.people.identity.role_assignments.access import (
    AppointedBeside,
    LastHolder,
    OwnRole,
    RoleNotForScope,
    RoleNotYoursToGrant,
    RoleReachesFurther,
    ScopeUnknown,
)
from app.people.identity.role_assignments.schemas import (
    CreateRoleAssignment,
    RenewRoleAssignment,
    RoleAssignmentOut,
    RoleAssignmentPage,
    RoleAssignmentQuery,
    RolePage,
)
from app.people.identity.role_assignments.service import (
    RoleAlreadyHeld,
    RoleAssignmentEnded,
    RoleNotVoid,
    ValidityInvalid,
)
from app.people.identity.role_assignments.telling import ROLE_ASSIGNMENTS, ROLE_ASSIGNMENTS_AS_CSV
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Roles")

RoleAssignmentId = Annotated[UUID, Path(description="The role assignment.")]


@router.get("/roles", permission=SIGNED_IN)
async def list_roles(_actor: CurrentActor) -> RolePage:
    """Every role: where it may be held, what it may do, and which roles it may grant."""
    return service.list_roles()


@router.get("/role-assignments", permission=SIGNED_IN)
async def list_role_assignments(
    read: Reading, query: Annotated[RoleAssignmentQuery, Query()]
) -> WrittenList[RoleAssignmentPage]:
    """Who holds which role: my own, and those on scopes where I hold `role_assignment.read`."""
    return await ROLE_ASSIGNMENTS.page(read, query)


@router.post(
    "/role-assignments",
    permission="role_assignment.create",
    status=201,
    location="/v1/role-assignments/{id}",
    refuses=(
        RoleNotYoursToGrant,
        RoleReachesFurther,
        OwnRole,
        RoleAlreadyHeld,
        AccountUnknown,
        ScopeUnknown,
        RoleNotForScope,
        ValidityInvalid,
        AddressNotProved,
    ),
)
async def create_role_assignment(
    db: Db, actor: CurrentActor, body: CreateRoleAssignment
) -> Written[RoleAssignmentOut]:
    """Grant a role to an account on a scope: one that a role of mine there may grant.

    Never to myself. People without an account are invited instead. A role on a collaboration is
    granted by one of its leads, or by whoever may on each of its memberships that is live or has a
    grant that is not closed. One for a later day is void if I may no longer grant it before it
    begins.
    """
    return await service.create_role_assignment(db, actor, body)


@router.get("/role-assignments/{role_assignment_id}", permission=SIGNED_IN)
async def get_role_assignment(
    read: Reading, role_assignment_id: RoleAssignmentId
) -> Written[RoleAssignmentOut]:
    """One role assignment, also after it has ended."""
    return await ROLE_ASSIGNMENTS.one(read, role_assignment_id)


@router.post(
    "/role-assignments/{role_assignment_id}/end",
    permission="role_assignment.end",
    refuses=(
        RoleNotYoursToGrant,
        RoleReachesFurther,
        AppointedBeside,
        RoleAssignmentEnded,
        LastHolder,
    ),
)
async def end_role_assignment(
    db: Db, actor: CurrentActor, role_assignment_id: RoleAssignmentId, body: OptionalReason
) -> Written[RoleAssignmentOut]:
    """End a role now; it is refused from the next request on. One's own may always be laid down.
    One that became void before it began is let be.

    Who may grant a role may end it. A lead beside whom somebody who was none appointed me is not
    mine to end, nor one who would leave the collaboration to whom I appointed. The last
    administrator of the network and the last lead of a collaboration stay until there is another.
    """
    return await service.end_role_assignment(db, actor, role_assignment_id, body)


@router.post(
    "/role-assignments/{role_assignment_id}/renew",
    permission="role_assignment.create",
    status=201,
    location="/v1/role-assignments/{id}",
    refuses=(
        RoleNotYoursToGrant,
        RoleReachesFurther,
        OwnRole,
        AddressNotProved,
        RoleNotVoid,
        RoleAlreadyHeld,
        AccountUnknown,
        RoleNotForScope,
        ValidityInvalid,
    ),
)
async def renew_role_assignment(
    db: Db, actor: CurrentActor, role_assignment_id: RoleAssignmentId, body: RenewRoleAssignment
) -> Written[RoleAssignmentOut]:
    """Grant in my own name a role that became void before it began, since whoever had granted it
    could no longer. The new one is the answer."""
    return await service.renew_role_assignment(db, actor, role_assignment_id, body)


@router.get("/role-assignments/{role_assignment_id}/history", permission=SIGNED_IN)
async def get_role_assignment_history(
    read: Reading,
    role_assignment_id: RoleAssignmentId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the role assignment, oldest first."""
    return await read_history(ROLE_ASSIGNMENTS, read, role_assignment_id, query)


export_of(
    router, "/role-assignments", ROLE_ASSIGNMENTS_AS_CSV, RoleAssignmentQuery, permission=SIGNED_IN
)
