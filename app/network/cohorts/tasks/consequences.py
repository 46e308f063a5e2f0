"""What a member has to do at each step."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership, Stage
from app.network.cohorts.tasks.service import lay_out
from app.people.identity.actors import Actor


@MEMBERSHIP.consequence("onboard")
async def onboarding_tasks_are_assigned(
    db: AsyncSession, actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """The member gets a task for each requirement of onboarding that it has none for yet."""
    await lay_out(db, actor, membership, Stage.ONBOARDING)


@MEMBERSHIP.consequence("activate")
async def completion_tasks_are_assigned(
    db: AsyncSession, actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """The member gets a task for each requirement of completion that it has none for yet."""
    await lay_out(db, actor, membership, Stage.COMPLETION)
