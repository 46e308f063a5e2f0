"""What is told of polls."""

from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from app.kernel.clock import wall_in_sql
from app.kernel.schemas import Ref
from app.kernel.written import NULL, many, single
from app.learning.sessions.models import LearningSession
from app.learning.sessions.polls.access import SessionPollNotFound
from app.learning.sessions.polls.lifecycle import SESSION_POLL
from app.learning.sessions.polls.models import (
    PollOption,
    SessionPoll,
    SessionVote,
    SessionVoteAnswer,
    VoteAnswer,
)
from app.learning.sessions.polls.schemas import PollOptionOut, SessionPollOut, SessionPollPage
from app.learning.sessions.telling import viewed
from app.network.cohorts.access import CohortNotFound
from app.network.cohorts.models import Cohort
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported


def _counted(answer: VoteAnswer) -> ColumnElement[Any]:
    """How many answered so to a time."""
    counted = select(func.count()).where(
        SessionVoteAnswer.option_id == PollOption.id, SessionVoteAnswer.answer == answer
    )
    return counted.correlate_except(SessionVoteAnswer).scalar_subquery()


_about: Final = single(
    Ref,
    LearningSession,
    LearningSession.id == SessionPoll.session_id,
    told={"id": LearningSession.id, "reference": NULL, "name": LearningSession.title},
)
_voters: Final = select(func.count()).where(SessionVote.poll_id == SessionPoll.id)

SESSION_POLLS: Final = Telling(
    SessionPollOut,
    SessionPoll,
    "learning_session.read",
    missing=SessionPollNotFound,
    lifecycle=SESSION_POLL,
    told={
        "learning_session": func.coalesce(_about, NULL),
        "options": many(
            PollOptionOut,
            PollOption,
            PollOption.poll_id == SessionPoll.id,
            order=[PollOption.starts_at],
            told={
                "local_start": wall_in_sql(PollOption.starts_at, SessionPoll.timezone),
                "in_timezone": viewed(PollOption.starts_at, PollOption.ends_at),
                "yes": _counted(VoteAnswer.YES),
                "if_need_be": _counted(VoteAnswer.IF_NEED_BE),
                "no": _counted(VoteAnswer.NO),
            },
        ),
        "voter_count": _voters.correlate_except(SessionVote).scalar_subquery(),
    },
    filters={"learning_session_id": lambda asked: SessionPoll.session_id == asked},
    sorts={
        "closes_at": (SessionPoll.closes_at, SessionPoll.id),
        "created_at": (SessionPoll.created_at, SessionPoll.id),
    },
    page_of=SessionPollPage,
)
OF_COHORT: Final = Within(SessionPoll.cohort_id, Cohort, "cohort.read", CohortNotFound)
SESSION_POLLS_AS_CSV: Final = exported("session-polls", SESSION_POLLS)
