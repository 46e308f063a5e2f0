"""What becomes of members when their cohort moves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.network.cohorts.lifecycle import COHORT
from app.network.cohorts.memberships.places import end_all
from app.network.cohorts.models import Cohort
from app.people.identity.actors import Actor


@COHORT.consequence("cancel")
async def members_are_withdrawn(
    db: AsyncSession, actor: Actor, cohort: Cohort, reason: str | None
) -> None:
    """Everyone who waits, was offered a place or has joined is withdrawn, for the same reason."""
    await end_all(db, actor, cohort, reason)
