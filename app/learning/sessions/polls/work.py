"""What waits among polls: to vote, and to choose."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, func, null, or_, select, union

from app.learning.sessions.models import LearningSession
from app.learning.sessions.polls.lifecycle import SESSION_POLL, STANDING, SessionPollStatus
from app.learning.sessions.polls.models import SessionPoll, SessionVote
from app.learning.sessions.sittings.queries import whose_sitting_is_another
from app.people.identity.models import Account, RoleAssignment
from app.people.obligations.register import Branch, Kind, Making, Moving, Side, work
from app.people.obligations.rows import Reach, Row, When


def _unanswered(reach: Reach, waits: Branch) -> Row:
    """Polls in which the actor has not voted; for reminders, in which somebody has not. Of one
    sitting of several those are asked who attend it."""
    mine = reach.is_mine(SessionPoll.scope_id, waits.permission)
    wanted: list[ColumnElement[bool]] = []
    if reach.actor is not None:
        own = SessionVote.account_id == any_(reach.actor.persons)
        voted = select(SessionVote.id).where(SessionVote.poll_id == SessionPoll.id, own)
        here = RoleAssignment.account_id == any_(reach.actor.persons)
        elsewhere = whose_sitting_is_another(reach.at).where(here)
        mine = and_(mine, ~voted.correlate(SessionPoll).exists(), ~elsewhere.exists())
        wanted = [mine]
    row = reach.row(
        (SessionPoll.id, null(), SessionPoll.title),
        {"cohort_id": SessionPoll.cohort_id},
        When(SessionPoll.timezone, SessionPoll.closes_at),
        (SessionPoll.scope_id, mine),
        done_by=_voters() if reach.actor is None else None,
    )
    about = row.select_from(SessionPoll).outerjoin(
        LearningSession, LearningSession.id == SessionPoll.session_id
    )
    return about.where(
        SessionPoll.status == SessionPollStatus.OPEN, SessionPoll.closes_at > reach.at, *wanted
    )


def _voters() -> ColumnElement[Any]:
    """The people who voted, or attend another sitting than the one that is asked about, by the
    accounts that they have now."""
    person = func.coalesce(Account.merged_into_id, Account.id)
    voters = (
        select(person)
        .select_from(SessionVote)
        .join(SessionVote.account)
        .where(SessionVote.poll_id == SessionPoll.id)
    )
    elsewhere = whose_sitting_is_another(Reach.at)
    return func.array(union(voters.correlate(SessionPoll), elsewhere).scalar_subquery())


def _undecided(reach: Reach, waits: Branch) -> Row:
    """Polls in which nobody votes any more, until a time is chosen."""
    mine = reach.is_mine(SessionPoll.scope_id, waits.permission)
    row = reach.row(
        (SessionPoll.id, null(), SessionPoll.title),
        {"cohort_id": SessionPoll.cohort_id},
        When(SessionPoll.timezone, opens_at=SessionPoll.closes_at),
        (SessionPoll.scope_id, mine),
    )
    return row.select_from(SessionPoll).where(
        SessionPoll.status.in_(STANDING),
        or_(SessionPoll.status == SessionPollStatus.CLOSED, SessionPoll.closes_at <= reach.at),
        reach.concerns(mine, SessionPoll.scope_id, waits.permission, "learning_session.read"),
    )


work(
    Branch(
        Kind(
            "vote_in_session_poll",
            Making("session_poll", "vote", "vote_in_session_poll", "vote"),
            "Vote on when it is to be:",
            is_personal=True,
        ),
        "session_poll.vote",
        Side.GRANTEE,
        _unanswered,
    ),
    Branch(
        Kind("choose_session_poll", Moving(SESSION_POLL, "choose")),
        "session_poll.choose",
        Side.CONVENOR,
        _undecided,
    ),
)
