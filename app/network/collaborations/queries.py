"""What collaborations count towards targets, and what they do when organisations merge."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.network.collaborations.models import Collaboration, Participant
from app.network.programmes.models import CountingRule
from app.network.programmes.queries import counts
from app.people.organisations.queries import reconciles


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


@counts(CountingRule.COLLABORATIONS_LAUNCHED)
async def collaborations_launched(
    db: AsyncSession, programme_ids: Sequence[UUID], on: date
) -> dict[UUID, int]:
    """How many of each programme's collaborations had been launched by the end of that day.

    One that was abandoned later counts all the same: it was launched.
    """
    ends = datetime.combine(on + timedelta(days=1), time(), UTC)
    statement = (
        select(Collaboration.programme_id, func.count())
        .where(Collaboration.programme_id.in_(programme_ids), Collaboration.launched_at < ends)
        .group_by(Collaboration.programme_id)
    )
    rows = await db.execute(statement)
    return {programme_id: count for programme_id, count in rows if programme_id}
