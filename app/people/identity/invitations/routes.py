"""The contract of invitations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.errors import AddressNotProved, BatchRefused
from app.kernel.schemas import OptionalReason, WithReason
from app.people.identity.deps import CurrentActor, FrontEnd
from app.people.identity.invitations import service
from app.people.identity.invitations.access import InvitationNotOpen, InvitationVoid
from app.people.identity.invitations.exports import INVITATIONS_AS_CSV
from app.people.identity.invitations.quota import TooManyInvitations
from app.people.identity.invitations.schemas import (
    CreateInvitation,
    CreateInvitations,
    InvitationOut,
    InvitationPage,
    InvitationQuery,
    NewInvitationOut,
    NewInvitationsOut,
    ShownLinkOut,
)
from app.people.identity.invitations.service import AlreadyInvited, LinkShown, ScopeEnded
from app.people.identity.role_assignments.access import (
    OwnRole,
    RoleNotForScope,
    RoleNotYoursToGrant,
    RoleReachesFurther,
    ScopeUnknown,
)
from app.web.export_answers import Exported
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Invitations")

InvitationId = Annotated[UUID, Path(description="The invitation.")]


@router.post(
    "/invitations",
    permission="invitation.create",
    status=201,
    secret=True,
    idempotent=True,
    location="/v1/invitations/{id}",
    refuses=(
        RoleNotYoursToGrant,
        RoleReachesFurther,
        OwnRole,
        ScopeEnded,
        AlreadyInvited,
        ScopeUnknown,
        RoleNotForScope,
        TooManyInvitations,
        AddressNotProved,
    ),
)
async def create_invitation(
    db: Db, actor: CurrentActor, links: FrontEnd, body: CreateInvitation
) -> NewInvitationOut:
    """Invite somebody into a role on a scope: one that a role of mine there may grant.

    The link goes by mail, to the address alone; where nothing is mailed it is in this answer and
    nowhere else.
    """
    return await service.create_invitation(db, actor, body, links=links)


@router.post(
    "/invitations/batch",
    permission="invitation.create",
    status=201,
    secret=True,
    idempotent=True,
    refuses=(AlreadyInvited, ScopeUnknown, BatchRefused, TooManyInvitations, AddressNotProved),
)
async def create_invitations(
    db: Db, actor: CurrentActor, links: FrontEnd, body: CreateInvitations
) -> NewInvitationsOut:
    """Invite up to a hundred people: all of them, or none and a pointer for each fault."""
    return await service.create_invitations(db, actor, body, links=links)


@router.get(
    "/invitations",
    permission="invitation.read",
    export=Exported(INVITATIONS_AS_CSV, service.export_invitations),
)
async def list_invitations(
    db: Db, actor: CurrentActor, query: Annotated[InvitationQuery, Query()]
) -> InvitationPage:
    """Invitations into roles on scopes where I hold `invitation.read`."""
    return await service.list_invitations(db, actor, query)


@router.get("/invitations/{invitation_id}", permission="invitation.read")
async def get_invitation(db: Db, actor: CurrentActor, invitation_id: InvitationId) -> InvitationOut:
    """One invitation, without its link."""
    return await service.get_invitation(db, actor, invitation_id)


@router.post(
    "/invitations/{invitation_id}/resend",
    permission="invitation.create",
    secret=True,
    idempotent=True,
    refuses=(
        RoleNotYoursToGrant,
        RoleReachesFurther,
        OwnRole,
        InvitationVoid,
        InvitationNotOpen,
        RoleNotForScope,
        TooManyInvitations,
        AddressNotProved,
    ),
)
async def resend_invitation(
    db: Db, actor: CurrentActor, links: FrontEnd, invitation_id: InvitationId
) -> NewInvitationOut:
    """Give a pending or expired invitation a new link, in my name. The old link dies."""
    return await service.resend_invitation(db, actor, invitation_id, links=links)


@router.post(
    "/invitations/{invitation_id}/show-link",
    permission="account.edit",
    secret=True,
    refuses=(InvitationVoid, InvitationNotOpen, LinkShown),
    example={"reason": "Their mail server takes no letters; I read it to them on the phone."},
)
async def show_invitation_link(
    db: Db, actor: CurrentActor, links: FrontEnd, invitation_id: InvitationId, body: WithReason
) -> ShownLinkOut:
    """See a new link of a pending invitation, once; the one that was mailed dies. It is recorded,
    and whoever accepts with it has not proved the address."""
    return await service.show_invitation_link(db, actor, invitation_id, body, links=links)


@router.post(
    "/invitations/{invitation_id}/revoke",
    permission="invitation.create",
    refuses=(RoleNotYoursToGrant, RoleReachesFurther, InvitationNotOpen),
)
async def revoke_invitation(
    db: Db, actor: CurrentActor, invitation_id: InvitationId, body: OptionalReason
) -> InvitationOut:
    """Take an open invitation back: its link is refused from now on."""
    return await service.revoke_invitation(db, actor, invitation_id, reason=body.reason)


@router.get("/invitations/{invitation_id}/history", permission="invitation.read")
async def get_invitation_history(
    db: Db,
    actor: CurrentActor,
    invitation_id: InvitationId,
    query: Annotated[HistoryQuery, Query()],
) -> ActivityPage:
    """What was done to the invitation, oldest first."""
    return await service.get_invitation_history(db, actor, invitation_id, query)
