"""Who may see a guest: whoever runs the session. With `lock` the session is held first."""

from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel.errors import NotFound
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import hold_session
from app.people.identity.access import Loader, held

WITH_SESSION: Final = (joinedload(SessionGuest.session),)


class SessionGuestNotFound(NotFound):
    """There is no such guest of a session, or none that you may see."""


class _OfSession(Loader[SessionGuest]):
    async def hold_above(self, db: AsyncSession, wanted: Select[Any]) -> None:
        session_id = await db.scalar(wanted.with_only_columns(SessionGuest.session_id))
        if session_id is None:
            raise self.missing
        await hold_session(db, session_id)


session_guest: Final = _OfSession(
    SessionGuest, "session_guest.read", SessionGuestNotFound, WITH_SESSION
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
