"""Impacts: writing down who is better off, and how that is known."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.paging import paginate
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.impacts import access
from app.network.collaborations.impacts.models import Impact
from app.network.collaborations.impacts.schemas import (
    AddImpact,
    EditImpact,
    ImpactOut,
    ImpactPage,
    ImpactQuery,
    ImpactsOfOneQuery,
)
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import attach, discard_of
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final = {"happened_on": (Impact.happened_on, Impact.id)}


async def add_impact(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddImpact
) -> ImpactOut:
    """Write down who is better off. Raises FileNotFound (404), FileAlreadyAttached (409)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.contribute"
    )
    impact = Impact(
        id=new_id(),
        **body.model_dump(exclude={"file_id"}),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
        file=None,
    )
    if body.file_id is not None:
        impact.file = await attach(
            db, actor, body.file_id, collaboration.scope_id, "impact", impact.id
        )
    db.add(impact)
    await db.flush()
    _record(db, actor, "impact_added", impact)
    await db.flush()
    return ImpactOut.model_validate(impact)


async def list_impacts(db: AsyncSession, actor: Actor, query: ImpactQuery) -> ImpactPage:
    """The impacts of all collaborations that the actor may see."""
    exact = query.model_dump(include={"collaboration_id"}, exclude_none=True)
    statement = visible(Impact, actor, "collaboration.read").filter_by(**exact)
    return await _page(db, statement, query)


async def list_collaboration_impacts(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, query: ImpactsOfOneQuery
) -> ImpactPage:
    """The impacts of one collaboration."""
    collaboration = await obtain_collaboration(db, actor, collaboration_id)
    statement = visible(Impact, actor, "collaboration.read").where(
        Impact.collaboration_id == collaboration.id
    )
    return await _page(db, statement, query, bound=collaboration.id)


async def _page(
    db: AsyncSession,
    statement: Select[Impact],
    query: ImpactsOfOneQuery,
    *,
    bound: UUID | None = None,
) -> ImpactPage:
    if query.since_on is not None:
        statement = statement.where(Impact.happened_on >= query.since_on)
    if query.until_on is not None:
        statement = statement.where(Impact.happened_on <= query.until_on)
    statement = statement.options(*access.WITH_NAMES)
    page = await paginate(db, statement, query, SORTS, default="happened_on", bound=bound)
    return ImpactPage(
        items=[ImpactOut.model_validate(row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_impact(db: AsyncSession, actor: Actor, impact_id: UUID) -> ImpactOut:
    """One impact."""
    return ImpactOut.model_validate(await access.impact(db, actor, impact_id))


async def edit_impact(
    db: AsyncSession, actor: Actor, impact_id: UUID, body: EditImpact, *, if_match: int | None
) -> ImpactOut:
    """Change what the body names."""
    impact = await access.impact.to_change(
        db, actor, impact_id, "collaboration.contribute", if_match=if_match
    )
    if changed := amend(impact, body.model_dump()):
        _record(db, actor, "impact_edited", impact, **changed)
    await db.flush()
    return ImpactOut.model_validate(impact)


async def delete_impact(
    db: AsyncSession, actor: Actor, impact_id: UUID, *, if_match: int | None
) -> None:
    """Take back what was written down by mistake; the history keeps that it was there."""
    impact = await access.impact.to_change(
        db, actor, impact_id, "collaboration.contribute", if_match=if_match
    )
    _record(db, actor, "impact_removed", impact)
    await db.delete(impact)
    await db.flush()
    await discard_of(db, actor, impact.id)


async def _release(db: AsyncSession, actor: Actor, impact_id: UUID) -> None:
    """Take out the file that shows an impact."""
    impact = await access.impact.allowing(
        db, actor, impact_id, "collaboration.contribute", lock=True
    )
    impact.file = None
    _record(db, actor, "impact_edited", impact, fields=["file"])
    await db.flush()


subject(Impact, "collaboration.read", _release)


def _record(db: AsyncSession, actor: Actor, verb: str, impact: Impact, **detail: Any) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"impact_id": str(impact.id), **detail}
    activity.record(db, actor, f"collaboration.{verb}", impact.collaboration, detail=whole)
