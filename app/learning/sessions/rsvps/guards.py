"""What must hold before somebody replies to a session."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.transitions import Unmet
from app.learning.sessions.lifecycle import LearningSessionStatus
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.rsvps.models import Rsvp
from app.learning.sessions.sittings.queries import is_of_another


@RSVP.guard("accept")
@RSVP.guard("wait")
@RSVP.guard("hesitate")
@RSVP.guard("decline")
@RSVP.guard("delegate")
async def it_takes_place(db: AsyncSession, _actor: Actor, rsvp: Rsvp) -> Unmet | None:
    """Nobody replies to what has no time, or has begun."""
    session = rsvp.session
    if session.status != LearningSessionStatus.SCHEDULED:
        return Unmet("session_not_open", f"The session is {session.status}: it takes no replies.")
    if now(db) >= session.starts_at:
        return Unmet("session_begun", "The session has begun: it takes no replies.")
    return None


@RSVP.guard("accept")
@RSVP.guard("wait")
@RSVP.guard("hesitate")
@RSVP.guard("delegate")
async def in_time(db: AsyncSession, _actor: Actor, rsvp: Rsvp) -> Unmet | None:
    """Seats are asked for until replies close; one that is offered is taken while that stands."""
    if rsvp.status == RsvpStatus.OFFERED or now(db) < rsvp.session.replies_due_at:
        return None
    return Unmet("replies_closed", "Replies have closed. Write to whoever leads the session.")


@RSVP.guard("accept")
@RSVP.guard("wait")
@RSVP.guard("hesitate")
async def it_is_their_sitting(db: AsyncSession, _actor: Actor, rsvp: Rsvp) -> Unmet | None:
    """Of several sittings of a session each member's people come to their own."""
    if not await is_of_another(db, rsvp.session_id, [rsvp.account_id], now(db)):
        return None
    return Unmet(
        "other_sitting",
        "Your team attends another sitting of this session. Reply to that, or ask whoever runs "
        "the cohort to place your team here.",
    )


@RSVP.guard("accept")
async def offer_stands(db: AsyncSession, _actor: Actor, rsvp: Rsvp) -> Unmet | None:
    """A seat that was offered is taken in time."""
    if rsvp.offer_expires_at is None or now(db) < rsvp.offer_expires_at:
        return None
    return Unmet("offer_expired", "The offer has expired. Reply again to wait for another seat.")


@RSVP.guard("accept")
@RSVP.guard("decline")
@RSVP.guard("delegate")
async def it_is_theirs(_db: AsyncSession, actor: Actor, rsvp: Rsvp) -> Unmet | None:
    """Each replies for themselves."""
    if rsvp.account_id in actor.persons:
        return None
    return Unmet("not_yours", "This is somebody else's reply: they answer for themselves.")
