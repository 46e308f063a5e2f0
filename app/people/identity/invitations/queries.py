"""Invitations that are open into roles on given scopes, for previews of what ends there."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.transitions import Touched
from app.people.identity.access import reached
from app.people.identity.actors import Actor
from app.people.identity.endings import has_ended
from app.people.identity.invitations.access import has_status
from app.people.identity.invitations.schemas import InvitationStatus
from app.people.identity.models import Invitation
from app.people.identity.scopes import Scope


async def open_into(db: AsyncSession, actor: Actor, scope_ids: Iterable[UUID]) -> list[Touched]:
    """Those of them that the actor may read, the oldest first."""
    statement = (
        select(Invitation.id, Invitation.name)
        .join(Scope, Scope.id == Invitation.scope_id)
        .where(
            Invitation.scope_id.in_(list(scope_ids)),
            has_status(InvitationStatus.PENDING, now(db)),
            reached(Scope.granted_at_id, actor, "invitation.read"),
        )
        .order_by(Invitation.created_at, Invitation.id)
    )
    return [Touched("invitation", row.id, None, row.name) for row in await db.execute(statement)]


async def ended_among(db: AsyncSession, scope_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the scopes that stand for what has ended."""
    asked = select(Scope.id).where(Scope.id.in_(list(scope_ids)), has_ended(Scope.id))
    return frozenset(await db.scalars(asked))
