"""What becomes of polls when what they ask about ends."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import move
from app.kernel.transitions import Touched
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.models import LearningSession
from app.learning.sessions.polls.lifecycle import SESSION_POLL
from app.learning.sessions.polls.models import SessionPoll
from app.learning.sessions.polls.queries import standing_about, standing_in
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.access import held
from app.people.identity.actors import Actor


async def _in_cohort(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return await _named(db, standing_in(cohort))


async def _about_session(
    db: AsyncSession, _actor: Actor, session: LearningSession
) -> list[Touched]:
    return await _named(db, standing_about(session))


async def _named(db: AsyncSession, polls: Select[SessionPoll]) -> list[Touched]:
    return [Touched("session_poll", one.id, None, one.title) for one in await db.scalars(polls)]


@COHORT.consequence("cancel", touches=_in_cohort)
@COHORT.consequence("close", touches=_in_cohort)
async def its_polls_are_cancelled(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Nothing more is asked in a cohort that has ended."""
    await _cancel(db, actor, standing_in(cohort), reason or "The cohort has ended.")


@LEARNING_SESSION.consequence("cancel", touches=_about_session)
async def polls_about_it_are_cancelled(
    db: AsyncSession, actor: Actor, session: LearningSession, reason: str | None
) -> None:
    """Nobody is asked when a session is that does not take place."""
    await _cancel(db, actor, standing_about(session), reason)


async def _cancel(db: AsyncSession, actor: Actor, polls: Select[Any], reason: str | None) -> None:
    found = list(await db.scalars(held(polls, SessionPoll)))
    await actor.reach(db, [one.scope_id for one in found])
    for poll in found:
        await move(db, actor, poll, SESSION_POLL, "cancel", reason=reason)
