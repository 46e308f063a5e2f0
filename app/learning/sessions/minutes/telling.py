"""What is told of minutes."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Text, cast, func

from app.kernel.written import NULL, many, verbatim
from app.learning.sessions.minutes.access import SessionMinutesNotFound, is_seen
from app.learning.sessions.minutes.lifecycle import SESSION_MINUTES
from app.learning.sessions.minutes.models import Recording, SessionMinutes
from app.learning.sessions.minutes.queries import is_consented
from app.learning.sessions.minutes.schemas import (
    RecordingOut,
    SessionMinutesOut,
    SessionMinutesPage,
)
from app.learning.sessions.models import LearningSession
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported


def _compact(column: Any) -> ColumnElement[str]:
    """A list that is stored as JSON, as it is written: a blank outside of strings goes."""
    return func.regexp_replace(
        cast(column, Text), verbatim(r'("([^"\\]|\\.)*")|\s'), verbatim(r"\1"), verbatim("g")
    )


MINUTES: Final = Telling(
    SessionMinutesOut,
    SessionMinutes,
    "session_minutes.read",
    missing=SessionMinutesNotFound,
    lifecycle=SESSION_MINUTES,
    seen=is_seen,
    joins=[SessionMinutes.session],
    told={
        "learning_session": {
            "id": LearningSession.id,
            "reference": NULL,
            "name": LearningSession.title,
        },
        "links": _compact(SessionMinutes.links),
        "learning_ids": _compact(SessionMinutes.learning_ids),
        "recordings": many(
            RecordingOut,
            Recording,
            Recording.minutes_id == SessionMinutes.id,
            is_consented(),
            order=[Recording.position],
        ),
    },
    filters={"learning_session_id": lambda asked: SessionMinutes.session_id == asked},
    sorts={"created_at": (SessionMinutes.created_at, SessionMinutes.id)},
    page_of=SessionMinutesPage,
)
MINUTES_AS_CSV: Final = exported("session-minutes", MINUTES)
