"""Who voted in a poll, and which polls stand."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.clock import now
from app.learning.sessions.models import LearningSession
from app.learning.sessions.polls.lifecycle import STANDING, SessionPollStatus
from app.learning.sessions.polls.models import SessionPoll, SessionVote
from app.network.cohorts.models import Cohort
from app.people.identity.access import held
from app.people.identity.models import Account

_WHOLE: Final = (joinedload(SessionVote.account), selectinload(SessionVote.answers))


async def votes_in(
    db: AsyncSession, poll: SessionPoll, account_ids: Collection[UUID] | None = None
) -> Sequence[SessionVote]:
    """The votes of a poll by name, or those of these accounts."""
    statement = select(SessionVote).join(SessionVote.account).where(SessionVote.poll_id == poll.id)
    if account_ids is not None:
        statement = statement.where(SessionVote.account_id.in_(account_ids))
    statement = statement.order_by(Account.name_folded, Account.id).options(*_WHOLE)
    return list(await db.scalars(statement))


def standing_in(cohort: Cohort) -> Select[SessionPoll]:
    """The polls of a cohort of which a time is still to be chosen."""
    return _standing().where(SessionPoll.cohort_id == cohort.id)


def standing_about(session: LearningSession) -> Select[SessionPoll]:
    """The polls about a session of which a time is still to be chosen."""
    return _standing().where(SessionPoll.session_id == session.id)


def to_be_closed(db: AsyncSession) -> Select[UUID]:
    """The polls in which nobody votes any more."""
    return select(SessionPoll.id).where(
        SessionPoll.status == SessionPollStatus.OPEN, SessionPoll.closes_at <= now(db)
    )


async def hold_if_due(db: AsyncSession, poll_id: UUID) -> SessionPoll | None:
    """One of these polls, held, whoever asks; None where another holds it, or has closed it."""
    statement = select(SessionPoll).where(
        SessionPoll.id == poll_id, SessionPoll.id.in_(to_be_closed(db))
    )
    return await db.scalar(held(statement, SessionPoll, skip_locked=True))


def _standing() -> Select[SessionPoll]:
    return (
        select(SessionPoll)
        .where(SessionPoll.status.in_(STANDING))
        .order_by(SessionPoll.closes_at, SessionPoll.id)
    )
