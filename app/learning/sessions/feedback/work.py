"""What waits among feedback: sessions that were held, for whoever has not said how they were."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, exists, false, literal, null

from app.learning.sessions.feedback.models import FeedbackGiver, FeedbackRelease
from app.learning.sessions.feedback.queries import OPEN_FOR
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.models import Facilitator, LearningSession
from app.learning.sessions.rsvps.lifecycle import MAY_COME, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.sittings.queries import whose_sitting_is_another
from app.people.identity.models import RoleAssignment
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When

_STAYED_AWAY = [one for one in RsvpStatus if one not in MAY_COME]


def _to_be_given(reach: Reach, waits: Branch) -> Row:
    """Sessions that the actor may have been at, while feedback is given: of several sittings the
    one that is theirs."""
    closes_at = LearningSession.held_at + literal(OPEN_FOR)
    mine: ColumnElement[bool] = false()
    if reach.actor is not None:
        stayed_away = _own(Rsvp, reach, Rsvp.status.in_(_STAYED_AWAY))
        own = RoleAssignment.account_id == any_(reach.actor.persons)
        mine = and_(
            reach.is_mine(LearningSession.id, waits.permission),
            ~_own(FeedbackGiver, reach),
            ~_own(Facilitator, reach),
            ~stayed_away,
            ~whose_sitting_is_another(reach.at).where(own).exists(),
        )
    row = reach.row(
        (LearningSession.id, null(), LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, closes_at),
        (LearningSession.id, mine),
    )
    return row.select_from(LearningSession).where(
        LearningSession.status == LearningSessionStatus.HELD,
        closes_at > reach.at,
        ~exists().where(FeedbackRelease.session_id == LearningSession.id),
        mine,
    )


def _own(model: Any, reach: Reach, *where: ColumnElement[bool]) -> Any:
    """Whether the actor has such a row of the session."""
    assert reach.actor is not None
    own = model.account_id == any_(reach.actor.persons)
    return exists().where(model.session_id == LearningSession.id, own, *where)


work(
    Branch(
        Kind(
            "give_feedback",
            Making("learning_session", "give_feedback", "give_feedback", "feedback"),
            is_personal=True,
        ),
        "session_feedback.give",
        Side.GRANTEE,
        _to_be_given,
    ),
)
