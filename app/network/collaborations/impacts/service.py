"""Impacts: who benefits, and how that is known."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.db import new_id
from app.kernel.editing import amend
from app.kernel.written import Written
from app.network.collaborations.access import collaboration as obtain_collaboration
from app.network.collaborations.impacts import access
from app.network.collaborations.impacts.models import Impact
from app.network.collaborations.impacts.schemas import (
    AddImpact,
    EditImpact,
    ImpactOut,
)
from app.network.collaborations.impacts.telling import IMPACTS
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import attach, discard_of
from app.people.identity.actors import Actor
from app.people.identity.drafts.service import refuse_depended_on


async def add_impact(
    db: AsyncSession, actor: Actor, collaboration_id: UUID, body: AddImpact
) -> Written[ImpactOut]:
    """Record an impact. Raises FileNotFound (404), FileAlreadyAttached (409)."""
    collaboration = await obtain_collaboration.allowing(
        db, actor, collaboration_id, "collaboration.contribute"
    )
    impact = Impact(
        id=new_id(),
        **body.model_dump(exclude={"file_id"}),
        collaboration_id=collaboration.id,
        collaboration=collaboration,
        scope_id=collaboration.scope_id,
    )
    if body.file_id is not None:
        under = collaboration.scope_id
        file = await attach(db, actor, body.file_id, under, "impact", impact.id)
        impact.file_id = file.id
    db.add(impact)
    await db.flush()
    _record(db, actor, "impact_added", impact)
    return await IMPACTS.told_to(db, actor, impact.id)


async def edit_impact(
    db: AsyncSession, actor: Actor, impact_id: UUID, body: EditImpact, *, if_match: int | None
) -> Written[ImpactOut]:
    """Change what the body names."""
    impact = await access.impact.to_change(
        db, actor, impact_id, "collaboration.contribute", if_match=if_match
    )
    if changed := amend(impact, body.model_dump()):
        _record(db, actor, "impact_edited", impact, **changed)
    return await IMPACTS.told_to(db, actor, impact.id)


async def delete_impact(
    db: AsyncSession, actor: Actor, impact_id: UUID, *, if_match: int | None
) -> None:
    """Delete an impact that was recorded by mistake; its history stays. Raises DraftDependedOn
    (409) where a result of an indicator measures it."""
    impact = await access.impact.to_change(
        db, actor, impact_id, "collaboration.contribute", if_match=if_match
    )
    await refuse_depended_on(db, {"impacts": [impact.id]}, nodes=())
    _record(db, actor, "impact_removed", impact)
    await db.delete(impact)
    await db.flush()
    await discard_of(db, actor, impact.id)


async def _release(db: AsyncSession, actor: Actor, impact_id: UUID) -> None:
    """Take out the file that shows an impact."""
    impact = await access.impact.allowing(
        db, actor, impact_id, "collaboration.contribute", lock=True
    )
    impact.file_id = None
    _record(db, actor, "impact_edited", impact, fields=["file"])
    await db.flush()


subject(Impact, "collaboration.read", _release)


def _record(db: AsyncSession, actor: Actor, verb: str, impact: Impact, **detail: Any) -> None:
    """It belongs to the history of the collaboration."""
    whole = {"impact_id": str(impact.id), **detail}
    activity.record(db, actor, f"collaboration.{verb}", impact.collaboration, detail=whole)
