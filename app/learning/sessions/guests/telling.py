"""What is told of guests."""

from typing import Final

from app.kernel.written import NULL
from app.learning.sessions.access import LearningSessionNotFound
from app.learning.sessions.guests.access import SessionGuestNotFound
from app.learning.sessions.guests.lifecycle import SESSION_GUEST
from app.learning.sessions.guests.models import SessionGuest
from app.learning.sessions.guests.schemas import SessionGuestOut, SessionGuestPage
from app.learning.sessions.models import LearningSession
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

SESSION_GUESTS: Final = Telling(
    SessionGuestOut,
    SessionGuest,
    "session_guest.read",
    missing=SessionGuestNotFound,
    lifecycle=SESSION_GUEST,
    joins=[SessionGuest.session],
    told={
        "learning_session": {
            "id": LearningSession.id,
            "reference": NULL,
            "name": LearningSession.title,
        }
    },
    filters={"learning_session_id": lambda asked: SessionGuest.session_id == asked},
    sorts={"created_at": (SessionGuest.created_at, SessionGuest.id)},
    page_of=SessionGuestPage,
)
OF_SESSION: Final = Within(
    SessionGuest.session_id,
    LearningSession,
    "learning_session.read",
    LearningSessionNotFound,
    is_asked_there=True,
)
SESSION_GUESTS_AS_CSV: Final = exported("session-guests", SESSION_GUESTS)
