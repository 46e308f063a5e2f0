"""What becomes of who was to attend a sitting when that is cancelled."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.models import LearningSession
from app.learning.sessions.sittings.service import attend_the_first
from app.people.identity.actors import Actor


@LEARNING_SESSION.consequence("cancel")
async def its_members_attend_the_first(
    db: AsyncSession, actor: Actor, session: LearningSession, _reason: str | None
) -> None:
    """Where the first sitting is still to come, those who would have attended this one attend it:
    else they would be asked to neither, and refused at the one that takes place."""
    await attend_the_first(db, actor, session)
