"""How many seats of a session are taken, and who waits for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.clock import now
from app.learning.sessions.guests.lifecycle import HAS_SEAT
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.lifecycle import TAKES_SEAT, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.queries import gone


@dataclass(frozen=True)
class Seats:
    """The seats of a session, as they are."""

    capacity: int | None
    taken: int
    guests: int
    tentative: int
    waiting: int

    @property
    def free(self) -> int | None:
        """How many are left; None where there is room for all."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)


async def seats_of(db: AsyncSession, session: LearningSession) -> Seats:
    """How many seats of a session are taken: none of one that was cancelled."""
    if session.status == LearningSessionStatus.CANCELLED:
        return Seats(session.capacity, 0, 0, 0, 0)

    def of(*statuses: RsvpStatus) -> Any:
        return func.count().filter(Rsvp.status.in_(statuses))

    guests = (
        select(func.count())
        .select_from(SessionGuest)
        .where(SessionGuest.session_id == session.id, SessionGuest.status.in_(HAS_SEAT))
        .scalar_subquery()
    )
    counted = [
        of(*TAKES_SEAT) + guests,
        guests,
        of(RsvpStatus.TENTATIVE),
        of(RsvpStatus.WAITLISTED),
    ]
    statement = select(*counted).where(Rsvp.session_id == session.id)
    return Seats(session.capacity, *(await db.execute(statement)).one())


async def overdue(db: AsyncSession, session: LearningSession) -> Sequence[Rsvp]:
    """Those of a session who did not take the seat that was offered to them in time."""
    statement = _of(session, RsvpStatus.OFFERED).where(Rsvp.offer_expires_at <= now(db))
    return list(await db.scalars(statement.order_by(Rsvp.offer_expires_at, Rsvp.id)))


async def gone_from(db: AsyncSession, session: LearningSession) -> Sequence[Rsvp]:
    """Those who said that they may come to a session, and take part no more."""
    statement = gone(db).where(Rsvp.session_id == session.id).options(joinedload(Rsvp.session))
    return list(await db.scalars(statement.order_by(Rsvp.created_at, Rsvp.id)))


async def next_in_line(
    db: AsyncSession, session: LearningSession, most: int | None
) -> Sequence[Rsvp]:
    """Those who wait for a seat, the first first, and no more than so many."""
    statement = _of(session, RsvpStatus.WAITLISTED).order_by(Rsvp.waiting_since, Rsvp.id)
    return list(await db.scalars(statement.limit(most)))


def to_be_settled(db: AsyncSession) -> Select[UUID]:
    """The sessions still to come of which a seat may be free for somebody who waits, or is kept for
    somebody who will not take it."""
    waits = Rsvp.status == RsvpStatus.WAITLISTED
    lapsed = Rsvp.offer_expires_at <= now(db)
    left = Rsvp.id.in_(gone(db).with_only_columns(Rsvp.id))
    return (
        select(Rsvp.session_id)
        .distinct()
        .join(Rsvp.session)
        .where(
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            LearningSession.starts_at > now(db),
            or_(waits, lapsed, left),
        )
    )


def _of(session: LearningSession, *statuses: RsvpStatus) -> Select[Rsvp]:
    statement = select(Rsvp).where(Rsvp.session_id == session.id, Rsvp.status.in_(statuses))
    return statement.options(joinedload(Rsvp.session))
