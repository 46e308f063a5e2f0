"""What becomes of shared sessions when a cohort starts or ends, and when a member completes."""

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.learning.sessions.lifecycle import TO_COME
from app.learning.sessions.models import LearningSession
from app.learning.sessions.queries import sessions_of
from app.learning.sessions.sharing.queries import (
    is_shared,
    open_to_programme,
    open_to_who_completes,
)
from app.learning.sessions.sharing.service import join_session, leave_session
from app.network.cohorts.lifecycle import COHORT, MEMBERSHIP
from app.network.cohorts.models import Cohort, Membership
from app.people.identity.access import held
from app.people.identity.actors import Actor
from app.people.identity.scopes import link, unlink


def _shared(cohort: Cohort) -> Select[LearningSession]:
    """The sessions to come that are for another cohort too."""
    return sessions_of(cohort, TO_COME).where(is_shared(cohort.id))


async def _to_be_left(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("learning_session", one.id, None, one.title)
        for one in await db.scalars(_shared(cohort))
    ]


@COHORT.consequence("close", touches=_to_be_left)
@COHORT.consequence("cancel", touches=_to_be_left)
async def shared_sessions_go_on_without_it(
    db: AsyncSession, actor: Actor, cohort: Cohort, _reason: str | None
) -> None:
    """A session to come that other cohorts share goes on without it; where it planned that, another
    does from now on."""
    for session in list(await db.scalars(held(_shared(cohort), LearningSession))):
        await leave_session(db, actor, session, cohort)


@COHORT.consequence("start")
@COHORT.consequence("reopen")
async def sessions_of_its_programme_are_for_it_too(
    db: AsyncSession, actor: Actor, cohort: Cohort, _reason: str | None
) -> None:
    """The sessions to come that are for the whole programme are for it too."""
    for session in list(await db.scalars(open_to_programme(cohort.programme_id))):
        await join_session(db, actor, session, cohort)


@MEMBERSHIP.consequence("complete")
async def sessions_of_the_programme_stay_open(
    db: AsyncSession, _actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """Its people go on taking part in the sessions to come that are for the whole programme, and
    take part in those for alumni."""
    for session in list(await db.scalars(open_to_who_completes(membership.cohort.programme_id))):
        await link(db, membership.id, session.id)


@MEMBERSHIP.consequence("reinstate")
async def it_takes_part_as_others_do(
    db: AsyncSession, _actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """Its people take part in sessions as those of its cohort, and not as of one that completed."""
    for session in list(await db.scalars(open_to_who_completes(membership.cohort.programme_id))):
        await unlink(db, membership.id, session.id)
