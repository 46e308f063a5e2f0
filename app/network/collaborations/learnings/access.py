"""Who may see a learning: those who see its collaboration."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.learnings.models import Learning
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (joinedload(Learning.collaboration),)


class LearningNotFound(NotFound):
    """There is no such learning, or you may not see the collaboration it belongs to."""


async def learning(
    db: AsyncSession, actor: Actor, learning_id: UUID, *, lock: bool = False
) -> Learning:
    """The learning with its collaboration. Raises LearningNotFound (404)."""
    return await obtain(
        db,
        actor,
        Learning,
        learning_id,
        "collaboration.read",
        lock=lock,
        missing=LearningNotFound,
        options=WITH_NAMES,
    )
