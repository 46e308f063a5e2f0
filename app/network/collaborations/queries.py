"""Which day it is at collaborations, what they count towards targets, and what becomes of their
parts when organisations merge."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import Moment, day_in_sql, network_zone, now
from app.network.collaborations.lifecycle import ENDED
from app.network.collaborations.models import Collaboration, Participant
from app.network.programmes.models import CountingRule
from app.network.programmes.queries import counts
from app.people.identity.endings import ends
from app.people.organisations.queries import reconciles

Placing = Callable[[Any], ColumnElement[str]]
"""The IANA zone of the collaboration whose id a column has; null where it is not known."""

PLACINGS: Final[list[Placing]] = []


def places(placing: Placing) -> Placing:
    """Let a package above say where collaborations are: they have no zone of their own."""
    PLACINGS.append(placing)
    return placing


def day_at(db: AsyncSession, collaboration_id: Any) -> ColumnElement[date]:
    """The day that it is now at the collaboration whose id a column has: where it is known to be,
    else where the network is."""
    return day_there(collaboration_id, now(db), network_zone(db))


def day_there(collaboration_id: Any, at: Moment, zone: Any) -> ColumnElement[date]:
    """The day that it is there at an instant; by `zone` where nobody knows where it is."""
    known = [placing(collaboration_id) for placing in PLACINGS]
    return day_in_sql(at, func.coalesce(*known, zone))


async def today_at(db: AsyncSession, collaboration_id: UUID) -> date:
    """The day that it is now at one collaboration."""
    return (await db.scalars(select(day_at(db, literal(collaboration_id))))).one()


@ends
def ended_collaborations() -> Select[UUID]:
    """Collaborations that were concluded or abandoned, or turned out to be another."""
    ended = or_(Collaboration.status.in_(ENDED), Collaboration.merged_into_id.is_not(None))
    return select(Collaboration.id).where(ended)


async def keep_as_it_is(db: AsyncSession, collaboration: Collaboration) -> None:
    """Let nobody end the collaboration until this transaction does, and read its status afresh."""
    held = select(Collaboration).where(Collaboration.id == collaboration.id)
    held = held.with_for_update(read=True).execution_options(populate_existing=True)
    await db.scalar(held)


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
    ended = func.greatest(Participant.since_on, day_at(db, Participant.collaboration_id))
    values = {"ended_on": ended, "version": Participant.version + 1, "updated_at": now(db)}
    await db.execute(doubled.values(values))


@counts(CountingRule.COLLABORATIONS_LAUNCHED)
async def collaborations_launched(
    db: AsyncSession, programme_ids: Sequence[UUID], ends_at: datetime
) -> dict[UUID, int]:
    """How many of each programme's collaborations had been launched before `ends_at`.

    One that was abandoned later counts all the same: it was launched.
    """
    statement = (
        select(Collaboration.programme_id, func.count())
        .where(
            Collaboration.programme_id.in_(programme_ids),
            Collaboration.launched_at < ends_at,
            Collaboration.merged_into_id.is_(None),
        )
        .group_by(Collaboration.programme_id)
    )
    rows = await db.execute(statement)
    return {programme_id: count for programme_id, count in rows if programme_id}
