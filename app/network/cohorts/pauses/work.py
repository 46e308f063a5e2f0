"""What waits among leave: requests for an answer, members to be brought back."""

from typing import Final

from sqlalchemy import and_, literal, or_

from app.kernel.clock import beginning_in_sql, day_in_sql
from app.network.cohorts.lifecycle import MEMBERSHIP, MembershipStatus
from app.network.cohorts.models import Membership, Pause
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST, PauseRequestStatus
from app.network.cohorts.pauses.models import PauseRequest
from app.network.cohorts.work import IN_COHORT
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When

AWAIT_DECISION: Final = Kind("await_pause_decision", Moving(PAUSE_REQUEST, "withdraw"))


def _pause_requests(reach: Reach, waits: Branch) -> Row:
    """Leave that was asked for; it can be given until the day of return has come where the member
    is, and then only be withdrawn."""
    mine = reach.is_mine(PauseRequest.membership_id, waits.permission)
    can_be_given = PauseRequest.returns_on > day_in_sql(reach.at, Membership.timezone)
    row = reach.row(
        (PauseRequest.id, None, None),
        IN_COHORT,
        When(Membership.timezone),
        (PauseRequest.membership_id, mine),
        matter_id=None if waits.kind is AWAIT_DECISION else PauseRequest.membership_id,
    )
    return (
        row.select_from(PauseRequest)
        .join(Membership, Membership.id == PauseRequest.membership_id)
        .where(
            PauseRequest.status == PauseRequestStatus.OPEN,
            Membership.status == MembershipStatus.ACTIVE,
            or_(can_be_given, literal(waits.kind is AWAIT_DECISION)),
            reach.concerns(mine, PauseRequest.membership_id, waits.permission, "membership.read"),
        )
    )


def _leaves(reach: Reach, waits: Branch) -> Row:
    """Members on leave, from the day on which they mean to be back where they are."""
    mine = reach.is_mine(Membership.id, waits.permission)
    row = reach.row(
        (Membership.id, None, None),
        IN_COHORT,
        When(Membership.timezone, beginning_in_sql(Pause.returns_on, Membership.timezone)),
        (Membership.id, mine),
    )
    return (
        row.select_from(Membership)
        .join(Pause, and_(Pause.membership_id == Membership.id, Pause.resumed_at.is_(None)))
        .where(
            Membership.status == MembershipStatus.PAUSED,
            reach.concerns(mine, Membership.id, waits.permission, "membership.read"),
        )
    )


work(
    Branch(
        Kind("decide_pause_request", Moving(PAUSE_REQUEST, "agree")),
        "pause_request.decide",
        Side.CONVENOR,
        _pause_requests,
    ),
    Branch(AWAIT_DECISION, "pause_request.create", Side.GRANTEE, _pause_requests),
    Branch(
        Kind("resume_membership", Moving(MEMBERSHIP, "resume"), "Bring back from leave"),
        "membership.resume",
        Side.CONVENOR,
        _leaves,
    ),
)
