"""Who may see an RSVP: whose it is, and whoever may see who comes.

The session's row is the lock of its seats: whoever gives one or frees one holds it first.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.sessions.access import LearningSessionNotFound
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.models import Rsvp
from app.people.identity.access import Above, Loader, Sight, held
from app.people.identity.accounts.access import is_same_person

WITH_SESSION: Final = (
    joinedload(Rsvp.session).selectinload(LearningSession.facilitators),
    joinedload(Rsvp.account),
)


class RsvpNotFound(NotFound):
    """There is no such RSVP, or none that you may see."""

    title = "RSVP not found"


def is_seen(by: Sight) -> ColumnElement[bool]:
    """One's own, while one takes part; those of sessions where one may see who comes."""
    own = is_same_person(Rsvp.account_id, by.person_id)
    return or_(
        and_(own, by.reaches("rsvp.reply", Rsvp.session_id)),
        by.reaches("rsvp.read", Rsvp.session_id),
    )


async def hold_session(
    db: AsyncSession, session_id: UUID, *, skip_locked: bool = False
) -> LearningSession | None:
    """Lock a session's row until the transaction ends, whoever asks, and read it afresh; with
    `skip_locked` None where another holds it."""
    statement = select(LearningSession).where(LearningSession.id == session_id)
    statement = statement.options(selectinload(LearningSession.facilitators))
    return await db.scalar(held(statement, LearningSession, skip_locked=skip_locked))


rsvp: Final = Loader(
    Rsvp,
    "rsvp.read",
    RsvpNotFound,
    WITH_SESSION,
    seen=is_seen,
    above=Above(Rsvp.session_id, hold_session),
)

seated_session: Final = Loader(
    LearningSession,
    "learning_session.read",
    LearningSessionNotFound,
    (selectinload(LearningSession.facilitators),),
)
"""The session alone: whoever replies to one waits for nobody who replies to another."""
