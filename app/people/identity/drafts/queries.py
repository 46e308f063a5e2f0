"""What hangs on nodes that are to be removed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.people.identity.models import Invitation, RoleAssignment


async def open_invitations(db: AsyncSession, nodes: Sequence[UUID]) -> list[Invitation]:
    """The first of the invitations to these nodes that can still be accepted."""
    still_open = select(Invitation).where(
        Invitation.scope_id.in_(nodes),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(db),
    )
    return list(await db.scalars(still_open.order_by(Invitation.name).limit(20)))


async def roles_on(db: AsyncSession, nodes: Sequence[UUID]) -> list[RoleAssignment]:
    """The roles that are or were held on these nodes."""
    held = select(RoleAssignment).where(RoleAssignment.scope_id.in_(nodes))
    return list(await db.scalars(held.order_by(RoleAssignment.id)))
