"""What is told of RSVPs."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import aliased

from app.kernel.written import NULL
from app.learning.sessions.access import LearningSessionNotFound
from app.learning.sessions.lifecycle import TAKES_TIME
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.rsvps.access import RsvpNotFound, is_seen
from app.learning.sessions.rsvps.lifecycle import MAY_COME, RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.schemas import RsvpOut, RsvpPage
from app.learning.sessions.telling import viewed
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


def is_clashing() -> ColumnElement[bool]:
    """Whether whoever may come to a session, which is joined, comes to or leads another."""
    other, leads, meanwhile = aliased(Rsvp), aliased(Facilitator), aliased(LearningSession)
    at_once = (
        meanwhile.id != Rsvp.session_id,
        meanwhile.status.in_(TAKES_TIME),
        meanwhile.starts_at < LearningSession.ends_at,
        meanwhile.ends_at > LearningSession.starts_at,
    )

    def theirs(row: Any, *such: ColumnElement[bool]) -> ColumnElement[bool]:
        found = select(row.id).join(meanwhile, meanwhile.id == row.session_id)
        found = found.where(row.account_id == Rsvp.account_id, *such, *at_once)
        return found.correlate_except(row, meanwhile).exists()

    comes = theirs(other, other.status == RsvpStatus.YES)
    return and_(
        Rsvp.status.in_(MAY_COME), LearningSession.status.in_(TAKES_TIME), or_(comes, theirs(leads))
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
        "in_timezone": viewed(LearningSession.starts_at, LearningSession.ends_at),
        "is_asked_again": is_asked_again(),
        "is_clashing": is_clashing(),
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
