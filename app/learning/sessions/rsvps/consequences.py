"""What becomes of seats when a member leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.learning.sessions.rsvps.access import hold_session
from app.learning.sessions.rsvps.queries import coming_for
from app.learning.sessions.seats.service import release_gone
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor


async def _coming(db: AsyncSession, _actor: Actor, membership: Membership) -> list[Touched]:
    return [
        Touched("rsvp", one.id, None, one.session.title)
        for one in await db.scalars(coming_for(db, membership))
    ]


@MEMBERSHIP.consequence("complete", touches=_coming)
@MEMBERSHIP.consequence("withdraw", touches=_coming)
@MEMBERSHIP.consequence("remove", touches=_coming)
async def seats_are_freed(
    db: AsyncSession, _actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """Its people come to no session that is still to come, unless for another member; their seats
    are offered to those who wait."""
    await db.flush()
    coming = await db.scalars(coming_for(db, membership))
    for session_id in sorted({one.session_id for one in coming}):
        session = await hold_session(db, session_id)
        assert session is not None, "a session with replies is not deleted"
        await release_gone(db, session)
