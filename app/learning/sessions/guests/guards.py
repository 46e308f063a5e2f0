"""What must hold before somebody from outside is invited, and answers."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.transitions import Unmet
from app.learning.sessions.guests.lifecycle import SESSION_GUEST
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.lifecycle import LearningSessionStatus


@SESSION_GUEST.guard("invite")
@SESSION_GUEST.guard("accept")
async def it_is_to_come(db: AsyncSession, _actor: Actor, guest: SessionGuest) -> Unmet | None:
    """Nobody comes to what has no time, or has begun."""
    session = guest.session
    if session.status == LearningSessionStatus.SCHEDULED and now(db) < session.starts_at:
        return None
    return Unmet("session_not_to_come", "The session is not to come, or not at a known time.")
