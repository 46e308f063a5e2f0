"""What must hold before a learning session takes place, and before a cohort that has some ends."""

from datetime import timedelta
from typing import Final

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.listing import listed
from app.kernel.transitions import Unmet, subject
from app.learning.sessions.lifecycle import ANNOUNCED, LEARNING_SESSION, LearningSessionStatus
from app.learning.sessions.models import LearningSession
from app.learning.sessions.queries import led_elsewhere, sessions_of, status_of_ended
from app.learning.sessions.sharing.queries import is_shared
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort

OPENS_BEFORE: Final = timedelta(minutes=15)
"""How long before its time a session is opened."""


@LEARNING_SESSION.guard("schedule")
@LEARNING_SESSION.guard("resume")
async def cohort_goes_on(db: AsyncSession, _actor: Actor, session: LearningSession) -> Unmet | None:
    """What has ended meets no more."""
    status = await status_of_ended(db, session)
    if status is None:
        return None
    return Unmet("cohort_ended", f"The cohort is {status}: it meets no more.")


@LEARNING_SESSION.guard("schedule")
async def somebody_leads_it(
    _db: AsyncSession, _actor: Actor, session: LearningSession
) -> Unmet | None:
    """A session that takes place is led by somebody."""
    if session.facilitators:
        return None
    return Unmet(
        "facilitator_missing", "Name somebody who leads it first.", pointer="/facilitator_ids"
    )


@LEARNING_SESSION.guard("schedule")
@LEARNING_SESSION.guard("resume")
async def facilitators_are_free(
    db: AsyncSession, _actor: Actor, session: LearningSession
) -> Unmet | None:
    """Nobody leads two sessions at once."""
    busy = await led_elsewhere(db, session)
    if not busy:
        return None
    return Unmet(
        "facilitator_elsewhere",
        f"Leads another session at that time: {listed(busy)}.",
        pointer="/facilitator_ids",
    )


@LEARNING_SESSION.guard("begin")
async def its_time_has_come(
    db: AsyncSession, _actor: Actor, session: LearningSession
) -> Unmet | None:
    """It is opened a quarter of an hour before its time at the earliest."""
    if now(db) >= session.starts_at - OPENS_BEFORE:
        return None
    return Unmet("too_early", "It opens a quarter of an hour before its time.")


@LEARNING_SESSION.guard("hold")
async def it_has_begun(db: AsyncSession, _actor: Actor, session: LearningSession) -> Unmet | None:
    """What is still to come was not held."""
    if now(db) >= session.starts_at:
        return None
    return Unmet("not_begun", "Its time is still to come.")


@COHORT.guard("wrap_up")
async def no_session_is_live(db: AsyncSession, actor: Actor, cohort: Cohort) -> Unmet | None:
    """The last weeks do not begin in the middle of a session."""
    live = list(await db.scalars(sessions_of(cohort, {LearningSessionStatus.LIVE})))
    return await _standing(db, actor, live, "session_live", "Hold first")


@COHORT.guard("close")
async def sessions_have_ended(db: AsyncSession, actor: Actor, cohort: Cohort) -> Unmet | None:
    """A cohort is not closed while something that was announced is still to be held in it. Drafts
    do not stand in the way: they are held, and go on when it is reopened; nor does what other
    cohorts share, which goes on without it."""
    is_its_own = or_(~is_shared(cohort.id), LearningSession.status == LearningSessionStatus.LIVE)
    standing = list(await db.scalars(sessions_of(cohort, ANNOUNCED).where(is_its_own)))
    return await _standing(db, actor, standing, "sessions_open", "Hold or cancel first")


async def _standing(
    db: AsyncSession, actor: Actor, found: list[LearningSession], code: str, said: str
) -> Unmet | None:
    """The sessions that stand in the way, of which those are named that the actor may see."""
    if not found:
        return None
    await actor.reach(db, [one.id for one in found])
    seen = [one for one in found if actor.holds("learning_session.read", one.id)]
    named = listed([f"{one.title} ({one.status})" for one in seen], len(found) - len(seen))
    return Unmet(code, f"{said}: {named}.", subjects=tuple(subject(one.id, one) for one in seen))
