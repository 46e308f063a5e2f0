"""What is done with polls."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.kernel import activity
from app.kernel.clock import Clock, now
from app.kernel.db import Database, new_id
from app.kernel.editing import touch
from app.kernel.errors import Conflict, FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut, Ref
from app.kernel.written import Written
from app.learning.sessions import access as sessions
from app.learning.sessions.models import LearningSession, SessionKind
from app.learning.sessions.polls import access
from app.learning.sessions.polls.lifecycle import SESSION_POLL, SessionPollStatus
from app.learning.sessions.polls.models import (
    PollOption,
    SessionPoll,
    SessionVote,
    SessionVoteAnswer,
    VoteAnswer,
)
from app.learning.sessions.polls.queries import hold_if_due, to_be_closed, votes_in
from app.learning.sessions.polls.schemas import (
    CastVotes,
    ChooseSessionTime,
    CreateSessionPoll,
    SessionPollOut,
    SessionPollVotesOut,
    VoteOut,
    VoterOut,
)
from app.learning.sessions.polls.telling import SESSION_POLLS
from app.learning.sessions.queries import sessions_in_series
from app.learning.sessions.schemas import AppliesTo, CreateLearningSession, EditLearningSession
from app.learning.sessions.series.schemas import CreateSessionSeries
from app.learning.sessions.series.service import create_session_series
from app.learning.sessions.service import (
    create_learning_session,
    edit_learning_session,
    meeting_cohort,
)
from app.learning.sessions.wall_clocks import on_the_wall
from app.network.cohorts.models import Cohort
from app.people.identity.access import seen
from app.people.identity.actors import Actor, scheduler

LENGTH: Final = 90
"""How many minutes a session takes of which nothing is said."""


class PollUnsound(Unprocessable):
    """No poll can be held as the request says: `errors` names what to change."""


class PollClosed(Conflict):
    """Nobody votes in this poll any more."""


class SessionNotMovable(Conflict):
    """The poll is about a session that has begun, was held or was cancelled."""


async def create_session_poll(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: CreateSessionPoll
) -> Written[SessionPollOut]:
    """Ask the people of a cohort when a session is to be.

    Raises CohortEnded, SessionNotMovable (409), PollUnsound (422).
    """
    cohort = await meeting_cohort(db, actor, cohort_id)
    session = await _asked_about(db, actor, cohort, body.learning_session_id)
    title = body.title or (session.title if session else None)
    if faults := list(_faults(body, title, now(db))):
        raise PollUnsound(errors=faults)
    length = body.duration_minutes or (session.duration_minutes if session else LENGTH)
    poll = SessionPoll(
        id=new_id(),
        scope_id=cohort.commons_id,
        cohort_id=cohort.id,
        cohort=cohort,
        session_id=session.id if session else None,
        kind=body.kind or (session.kind if session else SessionKind.WORKSHOP),
        title=title,
        timezone=body.timezone or (session.timezone if session else cohort.timezone),
        duration_minutes=length,
        closes_at=body.closes_at,
        options=[
            PollOption(starts_at=at, ends_at=at + timedelta(minutes=length)) for at in body.options
        ],
    )
    await create(db, actor, poll, SESSION_POLL, under=cohort.id)
    return await SESSION_POLLS.told_to(db, actor, poll.id)


async def _asked_about(
    db: AsyncSession, actor: Actor, cohort: Cohort, session_id: UUID | None
) -> LearningSession | None:
    """The session that is to be moved. Raises SessionNotMovable (409), PollUnsound (422)."""
    if session_id is None:
        return None
    statement = seen(LearningSession, actor, "learning_session.edit")
    ours = statement.where(LearningSession.id == session_id, LearningSession.cohort_id == cohort.id)
    session = await db.scalar(ours)
    if session is None:
        raise _unsound("/learning_session_id", "Is no session of this cohort.")
    refuse_unmovable(session)
    return session


def refuse_unmovable(session: LearningSession) -> None:
    """Raises SessionNotMovable (409)."""
    if session.status in ("live", "held", "cancelled"):
        raise SessionNotMovable


def _unsound(pointer: str, detail: str) -> PollUnsound:
    return PollUnsound(errors=[_fault(pointer, detail)])


def _fault(pointer: str, detail: str) -> FieldProblem:
    return FieldProblem(pointer=pointer, code="poll_unsound", detail=detail)


def _faults(body: CreateSessionPoll, title: str | None, at: datetime) -> list[FieldProblem]:
    faults: list[FieldProblem] = []
    if title is None:
        faults.append(_fault("/title", "Must be said where no session is."))
    if body.closes_at <= at:
        faults.append(_fault("/closes_at", "Must lie ahead."))
    for place, one in enumerate(body.options):
        if one < body.closes_at:
            faults.append(_fault(f"/options/{place}", "Must be no earlier than `closes_at`."))
        elif one in body.options[:place]:
            faults.append(_fault(f"/options/{place}", "Is named twice."))
    return faults


async def vote_in_session_poll(
    db: AsyncSession, actor: Actor, session_poll_id: UUID, body: CastVotes
) -> SessionPollVotesOut:
    """Vote for the times at which one can come, in place of an earlier vote. Raises PollClosed
    (409), PollUnsound (422)."""
    poll = await access.ballot.allowing(db, actor, session_poll_id, "session_poll.vote", lock=True)
    if poll.status != SessionPollStatus.OPEN or poll.closes_at <= now(db):
        raise PollClosed
    said = _answers(poll, body)
    [vote, *_] = await votes_in(db, poll, actor.persons) or [None]
    if vote is None:
        assert actor.person_id is not None, "somebody votes"
        vote = SessionVote(id=new_id(), poll_id=poll.id, account_id=actor.person_id, answers=[])
        db.add(vote)
    known = {one.option_id: one for one in vote.answers}
    vote.voted_at = now(db)
    for option in poll.options:
        answer = said.get(option.id, VoteAnswer.NO)
        if option.id in known:
            known[option.id].answer = answer
        else:
            vote.answers.append(SessionVoteAnswer(option_id=option.id, answer=answer))
    touch(poll)
    activity.record(db, actor, "session_poll.voted", poll)
    await db.flush()
    return _shown(poll, await votes_in(db, poll, actor.persons))


def _answers(poll: SessionPoll, body: CastVotes) -> Mapping[UUID, VoteAnswer]:
    """What is answered to each time. Raises PollUnsound (422)."""
    known = {one.id for one in poll.options}
    said: dict[UUID, VoteAnswer] = {}
    for place, one in enumerate(body.answers):
        pointer = f"/answers/{place}/option_id"
        if one.option_id not in known:
            raise _unsound(pointer, "Is no time of this poll.")
        if one.option_id in said:
            raise _unsound(pointer, "Is named twice.")
        said[one.option_id] = one.answer
    return said


async def get_session_poll_votes(
    db: AsyncSession, actor: Actor, session_poll_id: UUID
) -> SessionPollVotesOut:
    """Who voted what; oneself alone, for who may not see the others."""
    poll = await access.ballot(db, actor, session_poll_id)
    sees_all = actor.holds("session_poll.read_votes", poll.scope_id)
    return _shown(poll, await votes_in(db, poll, None if sees_all else actor.persons))


def _shown(poll: SessionPoll, votes: Sequence[SessionVote]) -> SessionPollVotesOut:
    order = [one.id for one in poll.options]
    return SessionPollVotesOut(
        session_poll_id=poll.id,
        voters=[
            VoterOut(
                account=Ref(id=vote.account_id, reference=None, name=vote.account.name),
                voted_at=vote.voted_at,
                answers=[
                    VoteOut(option_id=one.option_id, answer=one.answer)
                    for one in sorted(vote.answers, key=lambda one: order.index(one.option_id))
                ],
            )
            for vote in votes
        ],
    )


async def choose_session_poll(
    db: AsyncSession,
    actor: Actor,
    session_poll_id: UUID,
    body: ChooseSessionTime,
    *,
    if_match: int | None,
) -> Written[SessionPollOut]:
    """Choose one of the times: the session is moved to it, or made.

    Raises FacilitatorElsewhere, SessionNotMovable (409), PollUnsound, AgendaTooLong,
    RecurrenceUnsound (422).
    """
    poll = await access.session_poll(db, actor, session_poll_id, lock=True)
    chosen = next((one for one in poll.options if one.id == body.option_id), None)
    writes = {"chosen_at": chosen.starts_at if chosen else None}
    await move(db, actor, poll, SESSION_POLL, "choose", if_match=if_match, writes=writes)
    if chosen is None:
        raise _unsound("/option_id", "Is no time of this poll.")
    local_start = f"{on_the_wall(chosen.starts_at, poll.timezone):%Y-%m-%dT%H:%M}"
    if poll.session_id is None:
        poll.session_id = await _made(db, actor, poll, local_start, body.rule)
    elif body.rule is not None:
        raise _unsound("/rule", "Must be left out of a poll about a session.")
    else:
        await _moved(db, actor, poll, poll.session_id, local_start, body.applies_to)
    return await SESSION_POLLS.told_to(db, actor, poll.id)


async def _moved(
    db: AsyncSession,
    actor: Actor,
    poll: SessionPoll,
    session_id: UUID,
    local_start: str,
    applies_to: AppliesTo,
) -> None:
    """Move the session, and as much of its series. Raises SessionNotMovable (409)."""
    session = await sessions.learning_session(db, actor, session_id, lock=True)
    refuse_unmovable(session)
    edit = EditLearningSession(
        local_start=local_start,
        timezone=poll.timezone,
        duration_minutes=poll.duration_minutes,
        applies_to=applies_to,
    )
    await edit_learning_session(db, actor, session_id, edit, if_match=session.version)


async def _made(
    db: AsyncSession, actor: Actor, poll: SessionPoll, local_start: str, rule: str | None
) -> UUID:
    """Make the session, or the series by this rule; the id of the first."""
    planned: dict[str, Any] = {
        "kind": poll.kind,
        "title": poll.title,
        "timezone": poll.timezone,
        "local_start": local_start,
        "duration_minutes": poll.duration_minutes,
    }
    if rule is None:
        made = await create_learning_session(
            db, actor, poll.cohort_id, CreateLearningSession(**planned)
        )
        return made.id
    series = await create_session_series(
        db, actor, poll.cohort_id, CreateSessionSeries(**planned, rule=rule)
    )
    first = await db.scalar(sessions_in_series(series.id).limit(1))
    assert first is not None, "a series has a session"
    return first.id


async def close_session_poll(
    db: AsyncSession, actor: Actor, session_poll_id: UUID, *, if_match: int | None
) -> Written[SessionPollOut]:
    """End the voting."""
    poll = await access.session_poll(db, actor, session_poll_id, lock=True)
    await move(db, actor, poll, SESSION_POLL, "close", if_match=if_match)
    return await SESSION_POLLS.told_to(db, actor, poll.id)


async def cancel_session_poll(
    db: AsyncSession, actor: Actor, session_poll_id: UUID, reason: str, *, if_match: int | None
) -> Written[SessionPollOut]:
    """Choose none of the times."""
    poll = await access.session_poll(db, actor, session_poll_id, lock=True)
    await move(db, actor, poll, SESSION_POLL, "cancel", if_match=if_match, reason=reason)
    return await SESSION_POLLS.told_to(db, actor, poll.id)


@every("*/5 * * * *", "close_polls")
async def close_polls(database: Database, clock: Clock) -> int:  # noqa: ARG001
    """Close each poll whose time is over; returns how many were."""
    async with database.transaction() as db:
        poll_ids = list(await db.scalars(to_be_closed(db)))
    return await each(database, poll_ids, _close)


async def _close(db: AsyncSession, poll_id: UUID) -> int:
    poll = await hold_if_due(db, poll_id)
    if poll is None:
        return 0
    await move(db, scheduler(), poll, SESSION_POLL, "close")
    return 1


async def explain_session_poll_actions(
    db: AsyncSession, actor: Actor, session_poll_id: UUID
) -> ActionsOut:
    """Every move of the poll now, with what stands in its way."""
    poll = await access.session_poll(db, actor, session_poll_id)
    return await explain_actions(db, actor, poll, SESSION_POLL)
