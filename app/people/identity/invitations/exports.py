"""Invitations as CSV: what the list tells of each, to the same readers. No link is in it."""

from typing import Final

from sqlalchemy import case, func

from app.background.mail import DeliveryState, MailMessage
from app.people.identity.models import Account, Invitation
from app.people.identity.scopes import Scope
from app.web.exports import Column, column, export

INVITATIONS_AS_CSV: Final = export(
    "invitations",
    column("id", Invitation.id, "The id of the invitation."),
    column("email", Invitation.email, "To whom it was sent."),
    column("name", Invitation.name, "What they are called in it."),
    column("role", Invitation.role, "The role that it gives."),
    column("scope_id", Invitation.scope_id, "Where it gives the role: the id."),
    column("scope_kind", Scope.kind, "What that is."),
    Column("scope_reference", "The reference of that.", ()),
    Column("scope_name", "What that is called.", ()),
    Column("status", "What became of it.", ()),
    column("invited_by_id", Invitation.invited_by_id, "Who sent it: the id of the account."),
    column("invited_by_name", Account.name, "Who sent it: the name."),
    column("invited_by_kind", Account.kind, "Who sent it: a person, or a service."),
    column(
        "delivery_state",
        case(
            (MailMessage.id.is_(None), None),
            (MailMessage.dead_at.is_not(None), DeliveryState.FAILED.value),
            (MailMessage.sent_at.is_not(None), DeliveryState.SENT.value),
            else_=DeliveryState.QUEUED.value,
        ),
        "How far its letter has come; empty where none was mailed, and after 30 days.",
    ),
    column("delivery_fault", MailMessage.fault, "What stood in the way the last time."),
    column(
        "delivery_at",
        func.coalesce(MailMessage.dead_at, MailMessage.sent_at, MailMessage.queued_at),
        "Since when it has been so.",
    ),
    column("expires_at", Invitation.expires_at, "Until when it can be accepted."),
    column("accepted_at", Invitation.accepted_at, "When it was accepted."),
    column("accepted_by_id", Invitation.accepted_by_id, "The account that took the role."),
    column("revoked_at", Invitation.revoked_at, "When it was taken back."),
    column("version", Invitation.version, "Its version."),
    column("created_at", Invitation.created_at, "When it was made."),
    column("updated_at", Invitation.updated_at, "When it last changed."),
    joins=(Invitation.invited_by, Invitation.mail),
)
