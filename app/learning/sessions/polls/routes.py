"""Polls over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.paging import ViewedFrom
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.polls import access, service
from app.learning.sessions.polls.lifecycle import SESSION_POLL
from app.learning.sessions.polls.schemas import (
    CastVotes,
    ChooseSessionTime,
    CreateSessionPoll,
    SessionPollFilters,
    SessionPollOut,
    SessionPollPage,
    SessionPollQuery,
    SessionPollVotesOut,
)
from app.learning.sessions.polls.telling import OF_COHORT, SESSION_POLLS, SESSION_POLLS_AS_CSV
from app.learning.sessions.series.service import RecurrenceUnsound
from app.learning.sessions.service import AgendaTooLong, FacilitatorElsewhere
from app.network.cohorts.service import CohortEnded
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.moves import told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Learning sessions")

CohortId = Annotated[UUID, Path(description="The cohort.")]
SessionPollId = Annotated[UUID, Path(description="The poll.")]


@router.create(
    SESSION_POLL,
    "/cohorts/{cohort_id}/session-polls",
    refuses=(CohortEnded, service.SessionNotMovable, service.PollUnsound),
    example={
        "title": "What makes data worth sharing",
        "closes_at": "2026-05-08T17:00:00Z",
        "options": ["2026-05-12T10:00:00Z", "2026-05-13T10:00:00Z"],
    },
)
async def create_session_poll(
    db: Db, actor: CurrentActor, cohort_id: CohortId, body: CreateSessionPoll
) -> Written[SessionPollOut]:
    """Ask those who take part in the cohort when a session is to be: one that is planned, or one
    that is made once a time is chosen. They vote until `closes_at`."""
    return await service.create_session_poll(db, actor, cohort_id, body)


@router.get("/cohorts/{cohort_id}/session-polls", permission="learning_session.read")
async def list_cohort_session_polls(
    read: Reading, cohort_id: CohortId, query: Annotated[SessionPollFilters, Query()]
) -> WrittenList[SessionPollPage]:
    """The polls of the cohort, the first to close first, for who may see the cohort."""
    return await SESSION_POLLS.page(read, query, OF_COHORT, cohort_id)


@router.get("/session-polls", permission="learning_session.read")
async def list_session_polls(
    read: Reading, query: Annotated[SessionPollQuery, Query()]
) -> WrittenList[SessionPollPage]:
    """The polls that you may see, the first to close first."""
    return await SESSION_POLLS.page(read, query)


@router.get("/session-polls/{session_poll_id}", permission="learning_session.read")
async def get_session_poll(
    read: Reading, session_poll_id: SessionPollId, query: Annotated[ViewedFrom, Query()]
) -> Written[SessionPollOut]:
    """One poll, with how many answered what to each of its times."""
    return await SESSION_POLLS.one(read, session_poll_id, query)


@router.post(
    "/session-polls/{session_poll_id}/vote",
    permission="session_poll.vote",
    refuses=(service.PollClosed, service.PollUnsound),
    example={
        "answers": [{"option_id": "0198c2a4-0000-7000-8000-000000000000", "answer": "if_need_be"}]
    },
)
async def vote_in_session_poll(
    db: Db, actor: CurrentActor, session_poll_id: SessionPollId, body: CastVotes
) -> SessionPollVotesOut:
    """Vote for the times at which you can come; a later vote replaces the earlier until the poll
    closes. How many answered what is shown to whoever sees the poll; who did, to whoever runs the
    cohort or leads it."""
    return await service.vote_in_session_poll(db, actor, session_poll_id, body)


@router.get("/session-polls/{session_poll_id}/votes", permission="learning_session.read")
async def get_session_poll_votes(
    db: Db, actor: CurrentActor, session_poll_id: SessionPollId
) -> SessionPollVotesOut:
    """Who voted what, by name; your own vote alone, unless you hold `session_poll.read_votes`."""
    return await service.get_session_poll_votes(db, actor, session_poll_id)


@router.move(SESSION_POLL, "close")
async def close_session_poll(
    db: Db, actor: CurrentActor, session_poll_id: SessionPollId, if_match: IfMatch
) -> Written[SessionPollOut]:
    """End the voting now. It ends by itself at `closes_at`."""
    return await service.close_session_poll(db, actor, session_poll_id, if_match=if_match)


@router.move(
    SESSION_POLL,
    "choose",
    also=told_new(LEARNING_SESSION, "create"),
    refuses=(
        FacilitatorElsewhere,
        AgendaTooLong,
        service.SessionNotMovable,
        service.PollUnsound,
        RecurrenceUnsound,
    ),
    example={"option_id": "0198c2a4-0000-7000-8000-000000000000"},
)
async def choose_session_poll(
    db: Db,
    actor: CurrentActor,
    session_poll_id: SessionPollId,
    body: ChooseSessionTime,
    if_match: IfMatch,
) -> Written[SessionPollOut]:
    """Choose one of the times, whatever was voted. The session that the poll is about is moved to
    it, as much of its series as `applies_to` says; where it is about none, a draft is made, or with
    a `rule` a series of them."""
    return await service.choose_session_poll(db, actor, session_poll_id, body, if_match=if_match)


@router.move(SESSION_POLL, "cancel", example={"reason": "The session is no longer needed."})
async def cancel_session_poll(
    db: Db, actor: CurrentActor, session_poll_id: SessionPollId, body: WithReason, if_match: IfMatch
) -> Written[SessionPollOut]:
    """Choose none of the times."""
    return await service.cancel_session_poll(
        db, actor, session_poll_id, body.reason, if_match=if_match
    )


@router.get("/session-polls/{session_poll_id}/actions", permission="learning_session.read")
async def explain_session_poll_actions(
    db: Db, actor: CurrentActor, session_poll_id: SessionPollId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_session_poll_actions(db, actor, session_poll_id)


history_of(
    router,
    "session_poll",
    "/session-polls/{session_poll_id}",
    access.session_poll,
    permission="learning_session.read",
)

export_of(
    router,
    "/session-polls",
    SESSION_POLLS_AS_CSV,
    SessionPollQuery,
    permission="learning_session.read",
)
