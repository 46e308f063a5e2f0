"""What becomes of announcements when their cohort ends."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import move
from app.kernel.transitions import Touched
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.queries import scheduled
from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.models import Cohort
from app.people.identity.access import held
from app.people.identity.actors import Actor

CLOSED: Final = "The cohort was closed."


async def _never_sent(db: AsyncSession, _actor: Actor, cohort: Cohort) -> list[Touched]:
    return [
        Touched("announcement", one.id, None, one.title)
        for one in await db.scalars(scheduled(cohort))
    ]


@COHORT.consequence("close", touches=_never_sent)
@COHORT.consequence("cancel", touches=_never_sent)
async def what_was_scheduled_is_not_sent(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Every announcement that was still to be sent is cancelled, for the same reason."""
    for announcement in list(await db.scalars(held(scheduled(cohort), Announcement))):
        await move(db, actor, announcement, ANNOUNCEMENT, "cancel", reason=reason or CLOSED)
