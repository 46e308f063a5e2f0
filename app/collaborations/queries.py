"""What collaborations do when two organisations turn out to be one."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.collaborations.models import Participant
from app.kernel.clock import now
from app.organisations.queries import reconciles


@reconciles
async def keep_one_participant(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where both take part in the same role now, the duplicate's part ends; its dates stay."""
    same = (Participant.collaboration_id, Participant.role)
    survivors = select(*same).where(
        Participant.organisation_id == survivor_id, Participant.ended_on.is_(None)
    )
    doubled = update(Participant).where(
        Participant.organisation_id == duplicate_id,
        Participant.ended_on.is_(None),
        func.row(*same).in_(survivors),
    )
    at = now(db)
    ended = func.greatest(Participant.since_on, at.date())
    values = {"ended_on": ended, "version": Participant.version + 1, "updated_at": at}
    await db.execute(doubled.values(values))
