"""What crosses the wire about invitations."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.background.mail import LetterDeliveryOut
from app.kernel.filters import Several
from app.kernel.paging import Page
from app.kernel.schemas import Email, InstantIn, InstantOut, Name, Request, Response
from app.people.identity.roles import Role
from app.people.identity.schemas import AccountRef, ScopeRef
from app.web.exports import ExportableQuery

MOST_AT_ONCE = 100


class InvitationStatus(StrEnum):
    """What follows from its instants; nothing else is stored."""

    PENDING = "pending"
    EXPIRED = "expired"
    REVOKED = "revoked"
    VOID = "void"
    """What it leads into has ended."""
    ACCEPTED = "accepted"


class CreateInvitation(Request):
    """A role on a scope for whoever has this address."""

    email: Email
    name: Name
    role: Role
    scope_id: UUID = Field(description="The id of the network, programme, cohort, collaboration…")


class CreateInvitations(Request):
    """Up to a hundred invitations: all of them, or none."""

    items: Annotated[list[CreateInvitation], Field(min_length=1, max_length=MOST_AT_ONCE)]


class InvitationOut(Response):
    """An invitation; who holds its link can accept it."""

    id: UUID
    email: str
    name: str
    role: Role
    scope: ScopeRef
    status: InvitationStatus
    invited_by: AccountRef
    delivery: LetterDeliveryOut | None = Field(
        description="How far its letter has come; null where none was mailed, and after 30 days."
    )
    expires_at: InstantOut
    accepted_at: InstantOut | None
    accepted_by_id: UUID | None = Field(description="The account that took the role.")
    revoked_at: InstantOut | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class NewInvitationOut(InvitationOut):
    """An invitation that was just made; with its link, shown this once, where nothing is mailed."""

    link: str | None = Field(
        description="Opens the front-end's page; the token is behind the `#`. Null where it goes "
        "by mail, and so to whoever reads the address alone."
    )
    is_mailed: bool = Field(description="Whether it goes by mail to the address.")
    account_disabled_at: InstantOut | None = Field(
        description="Since when the account of this address is refused, as far as you may see it: "
        "it cannot accept before it is enabled."
    )


class ShownLinkOut(Response):
    """A link that somebody other than its addressee has seen."""

    link: str
    expires_at: InstantOut


class NewInvitationsOut(Response):
    """Invitations that were just made, in the order of the request."""

    items: list[NewInvitationOut]


class InvitationPage(Page[InvitationOut]):
    """Some of the invitations you may see."""


class InvitationSort(StrEnum):
    NEWEST = "-created_at"
    OLDEST = "created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class InvitationQuery(ExportableQuery):
    """Which invitations."""

    scope_id: Several[UUID] | None = Field(
        default=None, description="Into a role on one of these very scopes."
    )
    role: Role | None = None
    email: Email | None = None
    status: Several[InvitationStatus] | None = None
    expires_from: InstantIn | None = None
    expires_until: InstantIn | None = None
    accepted_from: InstantIn | None = None
    accepted_until: InstantIn | None = None
    revoked_from: InstantIn | None = None
    revoked_until: InstantIn | None = None
    sort: InvitationSort = InvitationSort.NEWEST
