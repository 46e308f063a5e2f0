"""The seats of a session: freed, and passed on to whoever waits first.

Each function takes a session whose row the caller holds, so that seats are counted by one at a
time.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.kernel.lifecycle import move
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import hold_session
from app.learning.sessions.rsvps.lifecycle import RSVP
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.queries import acting_for
from app.learning.sessions.seats.queries import (
    gone_from,
    next_in_line,
    overdue,
    seats_of,
    to_be_settled,
)
from app.people.identity.actors import scheduler

OFFER_STANDS: Final = timedelta(hours=24)
"""For how long a seat is offered, unless the session begins sooner."""

NO_SEAT: Final[dict[str, Any]] = {"waiting_since": None, "offer_expires_at": None}
"""What is written on an RSVP that neither waits nor is offered a seat any more."""

NOT_REPLIED: Final[dict[str, Any]] = {"reason": None, "replied_at": None, "replied_for": None}
"""What is written on an RSVP that ended without a word of theirs: should they take part again, they
are asked again."""


async def settle(db: AsyncSession, session: LearningSession) -> int:
    """Do what the clock may not have come to yet: take back the seats that were offered and not
    taken in time, and pass on what is free. Returns how many RSVPs moved."""
    await db.flush()
    late = await overdue(db, session)
    for rsvp in late:
        await move(db, scheduler(), rsvp, RSVP, "lapse", writes=NO_SEAT)
    await db.flush()
    return len(late) + await pass_on(db, session)


async def release_gone(db: AsyncSession, session: LearningSession) -> int:
    """Take back the seats of those who take part no more, and settle; returns how many RSVPs
    moved."""
    await db.flush()
    released = 0
    for rsvp in await gone_from(db, session):
        if not await _stays_for_another(db, session, rsvp):
            await move(db, scheduler(), rsvp, RSVP, "release", writes=NO_SEAT | NOT_REPLIED)
            released += 1
    return released + await settle(db, session)


async def _stays_for_another(db: AsyncSession, session: LearningSession, rsvp: Rsvp) -> bool:
    """Whether somebody whose member left acts for another, for which they come from now on."""
    found = await acting_for(db, session, [rsvp.account_id])
    if not found or rsvp.membership_id is None:
        return False
    rsvp.membership_id, rsvp.collaboration_id = found[0].membership_id, found[0].collaboration_id
    return True


async def pass_on(db: AsyncSession, session: LearningSession) -> int:
    """Offer each free seat to whoever waits first; returns how many were offered. None is once the
    session has begun, or while it has no time."""
    at = now(db)
    if session.status != LearningSessionStatus.SCHEDULED or session.starts_at <= at:
        return 0
    seats = await seats_of(db, session)
    if not seats.waiting or seats.free == 0:
        return 0
    heads = await next_in_line(db, session, seats.free)
    for rsvp in heads:
        offered = {
            "waiting_since": None,
            "offered_at": at,
            "offer_expires_at": min(at + OFFER_STANDS, session.starts_at),
        }
        await move(db, scheduler(), rsvp, RSVP, "offer", writes=offered)
    await db.flush()
    return len(heads)


@every("*/5 * * * *", "settle_seats")
async def settle_seats(database: Database, clock: Clock) -> int:  # noqa: ARG001
    """Settle each session still to come; returns how many RSVPs moved."""
    async with database.transaction() as db:
        session_ids = list(await db.scalars(to_be_settled(db)))
    return await each(database, session_ids, _settle_if_free)


async def _settle_if_free(db: AsyncSession, session_id: UUID) -> int:
    session = await hold_session(db, session_id, skip_locked=True)
    return await release_gone(db, session) if session else 0
