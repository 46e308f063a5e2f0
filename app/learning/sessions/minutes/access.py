"""Who may see minutes: whoever may write them, and once they are published whoever takes part."""

from typing import Final

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.errors import NotFound
from app.learning.sessions.minutes.lifecycle import SessionMinutesStatus
from app.learning.sessions.minutes.models import Recording, SessionMinutes, Voice
from app.learning.sessions.models import LearningSession
from app.people.identity.access import Loader, Sight

WHOLE: Final = (
    joinedload(SessionMinutes.session).selectinload(LearningSession.agenda),
    selectinload(SessionMinutes.recordings)
    .selectinload(Recording.voices)
    .joinedload(Voice.account),
)


class SessionMinutesNotFound(NotFound):
    """There are no such minutes, or none that you may see."""


def is_seen(by: Sight) -> ColumnElement[bool]:
    """Drafts by whoever may write and publish them, and what is published by who takes part."""
    is_published = SessionMinutes.status == SessionMinutesStatus.PUBLISHED
    return or_(
        by.reaches("session_minutes.write", SessionMinutes.session_id),
        and_(is_published, by.reaches("session_minutes.read", SessionMinutes.session_id)),
    )


session_minutes: Final = Loader(
    SessionMinutes, "session_minutes.read", SessionMinutesNotFound, WHOLE, seen=is_seen
)
