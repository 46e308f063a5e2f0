"""What must hold before something is announced."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.cohorts.announcements.lifecycle import ANNOUNCEMENT
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.queries import recipients
from app.network.cohorts.lifecycle import ENDED


@ANNOUNCEMENT.guard("schedule")
@ANNOUNCEMENT.guard("send")
async def cohort_goes_on(
    _db: AsyncSession, _actor: Actor, announcement: Announcement
) -> Unmet | None:
    """Nobody is told anything in the name of a cohort that has ended."""
    status = announcement.cohort.status
    if status not in ENDED:
        return None
    return Unmet("cohort_ended", f"The cohort is {status}: nothing is announced in it any more.")


@ANNOUNCEMENT.guard("send")
async def somebody_is_told(
    db: AsyncSession, _actor: Actor, announcement: Announcement
) -> Unmet | None:
    """What is sent reaches somebody. In what has ended nothing is sent at all."""
    if announcement.cohort.status in ENDED or await recipients(db, announcement):
        return None
    return Unmet(
        "nobody_to_tell",
        "Nobody is of its audience now: see who is in the cohort, and in which status.",
    )
