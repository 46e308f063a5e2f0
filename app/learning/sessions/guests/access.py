"""Who may see a guest: whoever runs the session. With `lock` the session is held first."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import hold_session
from app.people.identity.access import Above, Loader, held

WITH_SESSION: Final = (joinedload(SessionGuest.session),)


class SessionGuestNotFound(NotFound):
    """There is no such guest of a session, or none that you may see."""


session_guest: Final = Loader(
    SessionGuest,
    "session_guest.read",
    SessionGuestNotFound,
    WITH_SESSION,
    above=Above(SessionGuest.session_id, hold_session),
)


async def opened_by(db: AsyncSession, digest: bytes) -> tuple[SessionGuest, LearningSession]:
    """The guest whom a link was made for, and the session, both held. Raises SessionGuestNotFound
    (404)."""
    known = select(SessionGuest).where(SessionGuest.digest == digest)
    session_id = await db.scalar(known.with_only_columns(SessionGuest.session_id))
    session = await hold_session(db, session_id) if session_id else None
    if session is None:
        raise SessionGuestNotFound
    found = held(known.options(*WITH_SESSION), SessionGuest)
    return (await db.scalars(found)).one(), session
