"""What becomes of action items when a session is over."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.learning.sessions.action_items.queries import next_of_series, open_in
from app.learning.sessions.action_items.service import carry_on
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.learning.sessions.models import LearningSession
from app.people.identity.actors import Actor


async def _open(db: AsyncSession, _actor: Actor, session: LearningSession) -> list[Touched]:
    if await next_of_series(db, session) is None:
        return []
    return [Touched("action_item", one.id, None, one.title) for one in await open_in(db, session)]


@LEARNING_SESSION.consequence("hold", touches=_open)
@LEARNING_SESSION.consequence("cancel", touches=_open)
async def what_is_open_is_carried_on(
    db: AsyncSession, actor: Actor, session: LearningSession, _reason: str | None
) -> None:
    """What is still to be done is asked about in the next session of the series."""
    await db.flush()
    await carry_on(db, actor, session)
