"""What becomes of learning sessions when their cohort ends."""

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.learning.sessions.lifecycle import TO_COME
from app.learning.sessions.models import LearningSession
from app.learning.sessions.queries import sessions_of
from app.learning.sessions.service import move_session
from app.learning.sessions.sharing.queries import is_shared
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.access import held
from app.people.identity.actors import Actor


def _its_own(cohort: Cohort) -> Select[LearningSession]:
    """The sessions to come that are for no other cohort."""
    return sessions_of(cohort, TO_COME).where(~is_shared(cohort.id))


async def _still_to_come(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("learning_session", one.id, None, one.title)
        for one in await db.scalars(_its_own(cohort))
    ]


@COHORT.consequence("cancel", touches=_still_to_come)
async def its_sessions_are_cancelled(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Every session of its own that was still to come is cancelled, for the same reason."""
    sessions = list(await db.scalars(held(_its_own(cohort), LearningSession)))
    # The first sitting before the others, whose members would attend it otherwise.
    sessions.sort(key=lambda one: one.sitting_of_id is not None)
    await actor.reach(db, [one.id for one in sessions])
    for session in sessions:
        await move_session(db, actor, session, "cancel", reason=reason)
