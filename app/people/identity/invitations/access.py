"""Which invitations one may see, and which one a token opens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, with_expression
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.people.identity.access import Looking, one, reached
from app.people.identity.actors import SignedIn
from app.people.identity.endings import has_ended
from app.people.identity.invitations.schemas import InvitationStatus
from app.people.identity.models import Invitation
from app.people.identity.role_assignments.access import known_by_membership
from app.people.identity.roles import Role
from app.people.identity.scopes import Scope


class InvitationNotFound(NotFound):
    """There is no such invitation, or you may not see it."""


class InvitationNotOpen(Conflict):
    """The invitation was accepted or revoked, or has expired; `current_status` says which."""


class InvitationVoid(Conflict):
    """What the invitation leads into has come to its end, so nobody joins it any more."""


def visible_invitations(actor: SignedIn) -> Select[Invitation]:
    """The invitations into roles on scopes where the actor may read them, and those that they sent
    into a collaboration of which they reach a membership."""
    return seen_invitations(actor).options(*_refs())


def seen_invitations(actor: SignedIn) -> Select[Invitation]:
    """The same without what is loaded with them, for a table."""
    sent = Invitation.invited_by_id.in_(actor.accounts)
    return _with_scope().where(
        or_(
            reached(Scope.granted_at_id, actor, "invitation.read"),
            and_(sent, known_by_membership(Looking(actor), "invitation.read")),
        )
    )


async def open_invitation(
    db: AsyncSession, actor: SignedIn, email: str, role: Role, scope_id: UUID
) -> Invitation | None:
    """The invitation of this address into this role that is open, where the actor may see it."""
    return await db.scalar(
        visible_invitations(actor).where(
            Invitation.email == email,
            Invitation.role == role,
            Invitation.scope_id == scope_id,
            has_status(InvitationStatus.PENDING, now(db)),
        )
    )


def _with_scope() -> Select[Invitation]:
    return select(Invitation).join(Invitation.scope)


def _whole() -> Select[Invitation]:
    return _with_scope().options(*_refs())


def _refs() -> tuple[ORMOption, ...]:
    return (
        joinedload(Invitation.scope, innerjoin=True),
        joinedload(Invitation.invited_by),
        joinedload(Invitation.mail),
        with_expression(Invitation.is_void, has_ended(Invitation.scope_id)),
    )


async def invitation(
    db: AsyncSession, actor: SignedIn, invitation_id: UUID, *, lock: bool = False
) -> Invitation:
    """One invitation. Raises InvitationNotFound (404)."""
    statement = visible_invitations(actor).where(Invitation.id == invitation_id)
    return await one(db, statement, Invitation, lock=lock, missing=InvitationNotFound)


async def opened_by(db: AsyncSession, digest: bytes, *, lock: bool = False) -> Invitation:
    """The invitation whose token has this digest. Raises InvitationNotFound (404)."""
    statement = _whole().where(Invitation.digest == digest)
    return await one(db, statement, Invitation, lock=lock, missing=InvitationNotFound)


def open_of(email: str, at: datetime) -> Select[Invitation]:
    """The invitations of an address that can be accepted, whoever sent them."""
    pending = has_status(InvitationStatus.PENDING, at)
    return _whole().where(Invitation.email == email, pending).order_by(Invitation.id)


def has_twin(invitation: Invitation, email: str) -> Select[bool]:
    """Whether another address has an unused invitation into the same role on the same scope."""
    other = aliased(Invitation)
    twin = exists().where(
        other.email == email,
        other.role == invitation.role,
        other.scope_id == invitation.scope_id,
        other.accepted_at.is_(None),
        other.revoked_at.is_(None),
    )
    return select(twin)


def status_of(invitation: Invitation, at: datetime) -> InvitationStatus:
    """What an invitation is at an instant."""
    if invitation.accepted_at is not None:
        return InvitationStatus.ACCEPTED
    if invitation.revoked_at is not None:
        return InvitationStatus.REVOKED
    if invitation.is_void:
        return InvitationStatus.VOID
    return InvitationStatus.EXPIRED if invitation.expires_at <= at else InvitationStatus.PENDING


def has_status(status: InvitationStatus, at: Any) -> ColumnElement[bool]:
    """`status_of` as a condition, at an instant or what stands for one in a statement."""
    unused = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    is_void = has_ended(Invitation.scope_id)
    return {
        InvitationStatus.ACCEPTED: Invitation.accepted_at.is_not(None),
        InvitationStatus.REVOKED: Invitation.revoked_at.is_not(None),
        InvitationStatus.VOID: and_(unused, is_void),
        InvitationStatus.EXPIRED: and_(unused, ~is_void, Invitation.expires_at <= at),
        InvitationStatus.PENDING: and_(unused, ~is_void, Invitation.expires_at > at),
    }[status]


def refuse_closed(db: AsyncSession, invitation: Invitation, *open_: InvitationStatus) -> None:
    """Raises InvitationVoid, InvitationNotOpen (409) unless the invitation is in one of these
    statuses."""
    status = status_of(invitation, now(db))
    if status is InvitationStatus.VOID and status not in open_:
        raise InvitationVoid
    if status not in open_:
        raise InvitationNotOpen(f"The invitation is {status}.", extra={"current_status": status})
