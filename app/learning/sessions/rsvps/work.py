"""What waits among RSVPs: sessions to reply to, and seats that are offered."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, false, null, or_, select

from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.rsvps.telling import is_asked_again
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _unanswered(reach: Reach, waits: Branch) -> Row:
    """Sessions to which the actor has not replied, or not since they were moved."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        mine = and_(
            reach.is_mine(LearningSession.id, waits.permission),
            ~_of(Facilitator, reach).exists(),
            ~_of(Rsvp, reach).where(~is_asked_again()).exists(),
        )
    row = reach.row(
        (LearningSession.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, LearningSession.replies_due_at),
        (LearningSession.id, mine),
    )
    return row.select_from(LearningSession).where(
        LearningSession.status == LearningSessionStatus.SCHEDULED,
        LearningSession.replies_due_at > reach.at,
        mine,
    )


def _of(model: Any, reach: Reach) -> Any:
    """The actor's rows of a session."""
    assert reach.actor is not None
    own = model.account_id == any_(reach.actor.persons)
    return (
        select(model.id)
        .where(model.session_id == LearningSession.id, own)
        .correlate(LearningSession)
    )


def _offered(reach: Reach, waits: Branch) -> Row:
    """Seats that are offered, while the offer stands."""
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        own = Rsvp.account_id == any_(reach.actor.persons)
        mine = and_(own, reach.is_mine(Rsvp.session_id, waits.permission))
    row = reach.row(
        (Rsvp.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, Rsvp.offer_expires_at, moment_at=Rsvp.offered_at),
        (Rsvp.session_id, mine),
        person_id=Rsvp.account_id,
    )
    is_shown = or_(mine, reach.sees(Rsvp.session_id, "rsvp.read"))
    return (
        row.select_from(Rsvp)
        .join(LearningSession, LearningSession.id == Rsvp.session_id)
        .where(
            Rsvp.status == RsvpStatus.OFFERED,
            Rsvp.offer_expires_at > reach.at,
            LearningSession.status == LearningSessionStatus.SCHEDULED,
            is_shown,
        )
    )


work(
    Branch(
        Kind(
            "reply_to_session",
            Making("learning_session", "reply", "reply_to_session", "reply"),
            is_personal=True,
        ),
        "rsvp.reply",
        Side.GRANTEE,
        _unanswered,
    ),
    Branch(
        Kind("accept_offered_seat", Moving(RSVP, "accept"), "Take the seat that is offered to you"),
        "rsvp.reply",
        Side.GRANTEE,
        _offered,
    ),
)
