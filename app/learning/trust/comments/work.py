"""What waits among what was written: a round to be looked through, and in it one text at a time."""

from sqlalchemy import ColumnElement, and_, any_, exists, false, null
from sqlalchemy.orm import aliased

from app.learning.trust.comments.lifecycle import ROUND_COMMENT, RoundCommentStatus
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.rounds.lifecycle import ROUND, RoundStatus
from app.learning.trust.rounds.models import Round
from app.network.cohorts.models import Membership
from app.people.identity.models import RoleAssignment
from app.people.identity.roles import COLLABORATION
from app.people.obligations.register import Branch, Kind, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _is_mine(reach: Reach, permission: str) -> ColumnElement[bool]:
    """Whether it waits for somebody: who facilitates, and never acted for a member."""
    if reach.actor is None:
        return false()
    acts_for_one = exists().where(
        Membership.cohort_id == Round.cohort_id,
        RoleAssignment.scope_id == Membership.collaboration_id,
        RoleAssignment.role.in_(COLLABORATION),
        RoleAssignment.valid_until.is_distinct_from(RoleAssignment.valid_from),
        RoleAssignment.account_id == any_(reach.actor.persons),
    )
    is_facilitated = reach.is_mine(Round.scope_id, permission)
    return and_(is_facilitated, ~acts_for_one.correlate(Round))


def _rounds(reach: Reach, waits: Branch) -> Row:
    """Closed rounds in which something was written that nobody has looked through."""
    mine = _is_mine(reach, waits.permission)
    row = reach.row(
        (Round.id, null(), Round.title),
        {"cohort_id": Round.cohort_id},
        When(Round.timezone),
        (Round.scope_id, mine),
    )
    written = exists().where(
        RoundComment.round_id == Round.id, RoundComment.status == RoundCommentStatus.WAITING
    )
    row = row.select_from(Round).where(Round.status == RoundStatus.CLOSED, written)
    return row if reach.actor is None else row.where(mine)


def _texts(reach: Reach, waits: Branch) -> Row:
    """Of each round that is looked through, one of the texts that wait."""
    mine = _is_mine(reach, waits.permission)
    row = reach.row(
        (RoundComment.id, null(), Round.title),
        {"cohort_id": Round.cohort_id},
        When(Round.timezone),
        (Round.scope_id, mine),
    )
    another = aliased(RoundComment)
    is_first = ~exists().where(
        another.round_id == RoundComment.round_id,
        another.status == RoundCommentStatus.WAITING,
        another.id < RoundComment.id,
    )
    row = (
        row.select_from(RoundComment)
        .join(Round, Round.id == RoundComment.round_id)
        .where(
            Round.status.in_([RoundStatus.MODERATING, RoundStatus.PUBLISHED]),
            RoundComment.status == RoundCommentStatus.WAITING,
            is_first,
        )
    )
    return row if reach.actor is None else row.where(mine)


work(
    Branch(
        Kind("moderate_round", Moving(ROUND, "moderate"), is_personal=True),
        "round.moderate",
        Side.CONVENOR,
        _rounds,
    ),
    Branch(
        Kind("moderate_round_comment", Moving(ROUND_COMMENT, "show"), is_personal=True),
        "round_comment.moderate",
        Side.CONVENOR,
        _texts,
    ),
)
