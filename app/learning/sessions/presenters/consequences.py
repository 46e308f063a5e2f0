"""What becomes of a rotation when a member leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.presenters.queries import series_presented_by
from app.learning.sessions.presenters.service import rotate
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor, scheduler


@MEMBERSHIP.consequence("complete")
@MEMBERSHIP.consequence("withdraw")
@MEMBERSHIP.consequence("remove")
@MEMBERSHIP.consequence("pause")
async def others_present_instead(
    db: AsyncSession, _actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """In the sessions to come in which it was to present, another member does."""
    await db.flush()
    for series in await series_presented_by(db, membership):
        await rotate(db, scheduler(), series)
