"""What waits among learning sessions: those that are over, and those that were put off."""

from app.learning.sessions.lifecycle import LEARNING_SESSION, TAKES_TIME, LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _over(reach: Reach, waits: Branch) -> Row:
    """Sessions whose time is over, of which nobody has said that they were held."""
    mine = reach.is_mine(LearningSession.id, waits.permission)
    row = reach.row(
        (LearningSession.id, None, LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone, opens_at=LearningSession.ends_at),
        (LearningSession.id, mine),
    )
    return row.select_from(LearningSession).where(
        LearningSession.status.in_(TAKES_TIME),
        LearningSession.ends_at <= reach.at,
        reach.concerns(mine, LearningSession.id, waits.permission, "learning_session.read"),
    )


def _put_off(reach: Reach, waits: Branch) -> Row:
    """Sessions that were put off, until they have a time again or are cancelled."""
    mine = reach.is_mine(LearningSession.id, waits.permission)
    row = reach.row(
        (LearningSession.id, None, LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone),
        (LearningSession.id, mine),
    )
    return row.select_from(LearningSession).where(
        LearningSession.status == LearningSessionStatus.POSTPONED,
        reach.concerns(mine, LearningSession.id, waits.permission, "learning_session.read"),
    )


work(
    Branch(
        Kind("hold_session", Moving(LEARNING_SESSION, "hold")),
        "learning_session.hold",
        Side.CONVENOR,
        _over,
    ),
    Branch(
        Kind("reschedule_session", Moving(LEARNING_SESSION, "schedule")),
        "learning_session.schedule",
        Side.CONVENOR,
        _put_off,
    ),
)
