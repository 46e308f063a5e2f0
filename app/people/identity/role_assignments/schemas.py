"""What crosses the wire about roles and who holds them."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.permissions import PermissionName
from app.kernel.schemas import InstantIn, InstantOut, Request, Response
from app.people.identity.models import VoidBecause
from app.people.identity.roles import Role
from app.people.identity.schemas import AccountRef, ScopeRef
from app.people.identity.scopes import ScopeKind


class CreateRoleAssignment(Request):
    """A role for an account on a scope, from now on unless said otherwise."""

    account_id: UUID
    role: Role
    scope_id: UUID = Field(description="The id of the network, programme, cohort, collaboration…")
    valid_from: InstantIn | None = Field(None, description="Now when left out; never the past.")
    valid_until: InstantIn | None = Field(None, description="Until it is ended when left out.")


class RenewRoleAssignment(Request):
    """From when until when it is held."""

    valid_from: InstantIn | None = Field(
        None, description="Its first day, or now where that has passed, when left out."
    )
    valid_until: InstantIn | None = Field(None, description="Until it is ended when left out.")


class RoleAssignmentOut(Response):
    """An account holds a role on a scope, and on all that lies below it."""

    id: UUID
    account: AccountRef
    role: Role
    scope: ScopeRef
    valid_from: InstantOut
    valid_until: InstantOut | None = Field(description="Null while no end is set.")
    is_to_come: bool = Field(
        description="Granted for a later day, and neither begun nor let be. Until it begins "
        "it rests on whoever granted it: it is void as soon as they may not grant it."
    )
    voided_at: InstantOut | None = Field(description="When it became void; null if it did not.")
    voided_because: VoidBecause | None
    granted_by_id: UUID | None = Field(description="The account that granted it, if one did.")
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RoleAssignmentPage(Page[RoleAssignmentOut]):
    """Some of the role assignments you may see."""


class RoleAssignmentSort(StrEnum):
    NEWEST = "-created_at"
    OLDEST = "created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RoleAssignmentQuery(PageQuery):
    """Which role assignments."""

    account_id: Several[UUID] | None = None
    scope_id: Annotated[
        Several[UUID] | None, Field(description="Held on this very scope, not above or below it.")
    ] = None
    role: Role | None = None
    is_valid: Annotated[
        bool | None, Field(description="Whether it is held now, or was or will be.")
    ] = None
    begins_from: InstantIn | None = None
    begins_until: InstantIn | None = None
    ends_from: InstantIn | None = None
    ends_until: InstantIn | None = None
    voided_from: InstantIn | None = None
    voided_until: InstantIn | None = None
    sort: RoleAssignmentSort = RoleAssignmentSort.NEWEST


class RoleOut(Response):
    """A role: what it is for and what it may do."""

    name: Role
    summary: str
    held_on: list[ScopeKind] = Field(description="The kinds of scope it may be granted on.")
    grants: list[Role] = Field(description="The roles that it may grant within its scope.")
    permissions: list[PermissionName] = Field(description="Held on its scope and below.")
    everywhere: list[str] = Field(description="Held on the whole network, wherever the role is.")


class RolePage(Page[RoleOut]):
    """Every role there is."""
