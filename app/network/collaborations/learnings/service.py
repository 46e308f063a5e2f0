"""Learnings: sharing what others can use."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.learnings import access
from app.network.collaborations.learnings.models import Learning
from app.network.collaborations.learnings.schemas import (
    EditLearning,
    LearningOut,
    ShareLearning,
)
from app.network.collaborations.learnings.telling import LEARNINGS
from app.network.collaborations.queries import today_at
from app.people.identity.actors import Actor


async def share_learning(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: ShareLearning
) -> Written[LearningOut]:
    """Share something that others can use: where it is to be read."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.contribute"
    )
    learning = Learning(
        **body.model_dump(exclude={"shared_on"}),
        shared_on=body.shared_on or await today_at(db, collaboration.id),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
    )
    db.add(learning)
    await db.flush()
    _record(db, actor, "learning_shared", learning)
    return await LEARNINGS.told_to(db, actor, learning.id)


async def edit_learning(
    db: AsyncSession, actor: Actor, learning_id: UUID, body: EditLearning, *, if_match: int | None
) -> Written[LearningOut]:
    """Change what the body names."""
    learning = await access.learning.to_change(
        db, actor, learning_id, "collaboration.contribute", if_match=if_match
    )
    if changed := amend(learning, body.model_dump()):
        _record(db, actor, "learning_edited", learning, **changed)
    return await LEARNINGS.told_to(db, actor, learning.id)


async def delete_learning(
    db: AsyncSession, actor: Actor, learning_id: UUID, *, if_match: int | None
) -> None:
    """Delete a learning that was recorded by mistake; its history stays."""
    learning = await access.learning.to_change(
        db, actor, learning_id, "collaboration.contribute", if_match=if_match
    )
    _record(db, actor, "learning_removed", learning)
    await db.delete(learning)
    await db.flush()


def _record(db: AsyncSession, actor: Actor, verb: str, learning: Learning, **detail: Any) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"learning_id": str(learning.id), **detail}
    activity.record(db, actor, f"collaboration.{verb}", learning.collaboration, detail=whole)
