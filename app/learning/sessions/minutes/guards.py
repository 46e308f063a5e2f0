"""What must hold before minutes are published."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.listing import listed
from app.kernel.transitions import Unmet
from app.learning.sessions.minutes.lifecycle import SESSION_MINUTES
from app.learning.sessions.minutes.models import SessionMinutes
from app.learning.sessions.minutes.queries import heard_without_consent


@SESSION_MINUTES.guard("publish")
async def all_who_are_heard_agree(
    db: AsyncSession, _actor: Actor, minutes: SessionMinutes
) -> Unmet | None:
    """Nobody is heard in what is published who has not said yes to it."""
    lacking = [
        f"{name} ({segment or 'all of it'})"
        for name, segment in await heard_without_consent(db, minutes)
    ]
    if not lacking:
        return None
    return Unmet(
        "consent_missing",
        f"Heard in a recording without having agreed: {listed(lacking)}.",
        pointer="/recordings",
    )
