"""What crosses the wire about people's accounts."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field

from app.kernel.filters import Several
from app.kernel.paging import Page
from app.kernel.permissions import PermissionName
from app.kernel.schemas import (
    Email,
    InstantIn,
    InstantOut,
    Name,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.people.identity.actors import CredentialKind
from app.people.identity.emails import normalised
from app.people.identity.models import AccountKind
from app.people.identity.roles import Role
from app.people.identity.schemas import ScopeRef
from app.web.exports import ExportableQuery


class EditAccount(Request):
    """What changes; what is left out stays."""

    name: Name | MISSING = MISSING
    email: Email | MISSING = MISSING


class EditMe(Request):
    """What changes about myself; what is left out stays."""

    name: Name | MISSING = MISSING
    timezone: TimeZone | MISSING | None = Field(
        MISSING, description="Where my days are; null for the network's own."
    )


class AccountOut(Response):
    """A person's account."""

    id: UUID
    name: str
    email: str
    is_address_proved: bool = Field(
        description="It is known that the person reads what is mailed to the address."
    )
    merged_into_id: UUID | None = Field(
        description="The account of the same person that goes on in its place, if it was merged."
    )
    disabled_at: InstantOut | None = Field(description="Since when it is refused; null if not.")
    erased_at: InstantOut | None = Field(
        description="Since when the person is forgotten; the name and the address stand for nobody."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AccountPage(Page[AccountOut]):
    """Some of the accounts you may see."""


class AccountSort(StrEnum):
    NAME = "name"
    NAME_DOWN = "-name"
    NEWEST = "-created_at"
    OLDEST = "created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class AccountQuery(ExportableQuery):
    """Which accounts."""

    q: Search | None = None
    email: Annotated[Email, AfterValidator(normalised)] | None = None
    role: Annotated[
        Role | None, Field(description="Who holds this role now, as far as I may see roles.")
    ] = None
    scope_id: Annotated[
        Several[UUID] | None, Field(description="Who holds a role now on this very scope.")
    ] = None
    is_disabled: bool | None = None
    disabled_from: InstantIn | None = None
    disabled_until: InstantIn | None = None
    erased_from: InstantIn | None = None
    erased_until: InstantIn | None = None
    sort: AccountSort = AccountSort.NAME


class MyRoleOut(Response):
    """A role I hold now, and where."""

    role: Role
    scope: ScopeRef
    permissions: list[PermissionName] = Field(description="What it lets me do there and below.")
    valid_until: InstantOut | None = Field(description="Null while no end is set.")


class MeOut(Response):
    """Who I am, and what I may do where."""

    id: UUID
    kind: AccountKind
    name: str
    email: str | None = Field(description="Null for a service account.")
    is_address_proved: bool = Field(
        description="It is known that I read what is mailed to it; never of a service account."
    )
    proof_due_at: InstantOut | None = Field(
        description="From when on I decide nothing until it is proved; null if nothing is asked."
    )
    timezone: str | None = Field(
        description="Where my days are, for the digest at eight; null for the network's own zone.",
        examples=["Europe/London"],
    )
    owner_id: UUID | None = Field(description="Who answers for me, if I am a service account.")
    roles: list[MyRoleOut]
    everywhere: list[PermissionName] = Field(description="Permissions I hold on the whole network.")
    credential: CredentialKind = Field(description="What this request was proved with.")
    narrowed_to: list[str] | None = Field(
        description="The only permissions that this credential carries; null if it carries all."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut
