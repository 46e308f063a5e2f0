"""What waits among reports of meetings: lines of which nobody has said who it was."""

from sqlalchemy import exists

from app.learning.sessions.access import has_ended
from app.learning.sessions.attendance.reports.models import UnmatchedAttendance
from app.learning.sessions.models import LearningSession
from app.people.obligations.register import Branch, Kind, Making, Side, work
from app.people.obligations.rows import Reach, Row, When


def _unmatched(reach: Reach, waits: Branch) -> Row:
    """Sessions with such lines, for whoever records who came."""
    mine = reach.is_mine(LearningSession.id, waits.permission)
    row = reach.row(
        (LearningSession.id, None, LearningSession.title),
        {"cohort_id": LearningSession.cohort_id},
        When(LearningSession.timezone),
        (LearningSession.id, mine),
    )
    of_it = UnmatchedAttendance.session_id == LearningSession.id
    return row.select_from(LearningSession).where(
        exists().where(of_it, UnmatchedAttendance.settled_at.is_(None)),
        ~has_ended(),
        reach.concerns(mine, LearningSession.id, waits.permission, "learning_session.read"),
    )


work(
    Branch(
        Kind(
            "match_attendance",
            Making(
                "learning_session", "settle", "settle_unmatched_attendance", "attendance/unmatched"
            ),
        ),
        "attendance.record",
        Side.CONVENOR,
        _unmatched,
    ),
)
