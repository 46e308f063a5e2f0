"""What is told of RSVPs."""

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, literal, or_

from app.kernel.written import NULL
from app.learning.sessions.access import LearningSessionNotFound
from app.learning.sessions.models import LearningSession
from app.learning.sessions.rsvps.access import RsvpNotFound, is_seen
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.schemas import RsvpOut, RsvpPage
from app.network.collaborations.telling import takes_part
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported

MOVED_BY: Final = timedelta(minutes=30)
"""By how much a session is moved before those who replied are asked again."""

_REPLIED: Final = (RsvpStatus.YES, RsvpStatus.TENTATIVE, RsvpStatus.NO)


def is_asked_again() -> ColumnElement[bool]:
    """Whether a reply was for another time than the session, which is joined, has now."""
    return and_(
        Rsvp.status.in_(_REPLIED),
        or_(
            Rsvp.replied_for.is_(None),
            LearningSession.starts_at > Rsvp.replied_for + literal(MOVED_BY),
            LearningSession.starts_at < Rsvp.replied_for - literal(MOVED_BY),
        ),
    )


RSVPS: Final = Telling(
    RsvpOut,
    Rsvp,
    "rsvp.read",
    missing=RsvpNotFound,
    lifecycle=RSVP,
    seen=is_seen,
    for_everyone=True,
    joins=[Rsvp.session],
    told={
        "learning_session": {
            "id": LearningSession.id,
            "reference": NULL,
            "name": LearningSession.title,
        },
        "is_asked_again": is_asked_again(),
    },
    filters={
        "learning_session_id": lambda asked: Rsvp.session_id == asked,
        "organisation_id": takes_part(Rsvp.collaboration_id),
    },
    sorts={"created_at": (Rsvp.created_at, Rsvp.id)},
    page_of=RsvpPage,
)
OF_SESSION: Final = Within(
    Rsvp.session_id, LearningSession, "learning_session.read", LearningSessionNotFound
)
RSVPS_AS_CSV: Final = exported("rsvps", RSVPS)
