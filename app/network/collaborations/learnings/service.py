"""Learnings: sharing what others can use."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.editing import amend
from app.kernel.paging import paginate
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.learnings import access
from app.network.collaborations.learnings.models import Learning
from app.network.collaborations.learnings.schemas import (
    EditLearning,
    LearningOut,
    LearningPage,
    LearningQuery,
    LearningsOfOneQuery,
    ShareLearning,
)
from app.network.collaborations.queries import today_at
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final = {"shared_on": (Learning.shared_on, Learning.id)}


async def share_learning(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: ShareLearning
) -> LearningOut:
    """Say where something that others can use is to be read."""
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
    await db.flush()
    return LearningOut.model_validate(learning)


async def list_learnings(db: AsyncSession, actor: Actor, query: LearningQuery) -> LearningPage:
    """The learnings of all collaborations that the actor may see."""
    exact = query.model_dump(include={"collaboration_id", "licence"}, exclude_none=True)
    statement = visible(Learning, actor, "collaboration.read").filter_by(**exact)
    return await _page(db, statement, query)


async def list_collaboration_learnings(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: LearningsOfOneQuery
) -> LearningPage:
    """The learnings of one collaboration."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    statement = visible(Learning, actor, "collaboration.read").where(
        Learning.collaboration_id == collaboration.id
    )
    return await _page(db, statement, query, bound=collaboration.id)


async def _page(
    db: AsyncSession,
    statement: Select[Learning],
    query: LearningsOfOneQuery,
    *,
    bound: UUID | None = None,
) -> LearningPage:
    if query.since_on is not None:
        statement = statement.where(Learning.shared_on >= query.since_on)
    if query.until_on is not None:
        statement = statement.where(Learning.shared_on <= query.until_on)
    statement = statement.options(*access.WITH_NAMES)
    page = await paginate(db, statement, query, SORTS, default="shared_on", bound=bound)
    return LearningPage(
        items=[LearningOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_learning(db: AsyncSession, actor: Actor, learning_id: UUID) -> LearningOut:
    """One learning."""
    return LearningOut.model_validate(await access.learning(db, actor, learning_id))


async def edit_learning(
    db: AsyncSession, actor: Actor, learning_id: UUID, body: EditLearning, *, if_match: int | None
) -> LearningOut:
    """Change what the body names."""
    learning = await access.learning.to_change(
        db, actor, learning_id, "collaboration.contribute", if_match=if_match
    )
    if changed := amend(learning, body.model_dump()):
        _record(db, actor, "learning_edited", learning, **changed)
    await db.flush()
    return LearningOut.model_validate(learning)


async def delete_learning(
    db: AsyncSession, actor: Actor, learning_id: UUID, *, if_match: int | None
) -> None:
    """Take back what was written down by mistake; the history keeps that it was there."""
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
