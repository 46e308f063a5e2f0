"""Priority areas: proposing them, deciding on them, launching in them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.priority_areas import access
from app.network.programmes.priority_areas.lifecycle import PRIORITY_AREA
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.priority_areas.schemas import (
    CreatePriorityArea,
    EditPriorityArea,
    PriorityAreaOut,
)
from app.network.programmes.priority_areas.telling import PRIORITY_AREAS
from app.people.identity.actors import Actor


class PriorityAreaKeyTaken(Conflict):
    """The programme has a priority area of this key."""


constraint("uq_priority_areas_programme_id_key", PriorityAreaKeyTaken, "/key")


async def create_priority_area(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreatePriorityArea
) -> Written[PriorityAreaOut]:
    """Propose an area. Raises PriorityAreaKeyTaken (409)."""
    programme = await obtain_programme(db, actor, programme_id)
    area = PriorityArea(**body.model_dump(), programme_id=programme.id)
    await create(db, actor, area, PRIORITY_AREA, under=programme.scope_id)
    return await PRIORITY_AREAS.told_to(db, actor, area.id)


async def edit_priority_area(
    db: AsyncSession,
    actor: Actor,
    priority_area_id: UUID,
    body: EditPriorityArea,
    *,
    if_match: int | None,
) -> Written[PriorityAreaOut]:
    """Change what the body names."""
    area = await access.priority_area.to_change(
        db, actor, priority_area_id, "programme.edit", if_match=if_match
    )
    if changed := amend(area, body.model_dump()):
        activity.record(db, actor, "priority_area.edited", area, detail=changed)
    return await PRIORITY_AREAS.told_to(db, actor, area.id)


async def decide_priority_area(
    db: AsyncSession,
    actor: Actor,
    priority_area_id: UUID,
    decision: str,
    body: WithReason,
    *,
    if_match: int | None,
) -> Written[PriorityAreaOut]:
    """Select, reject, defer or reconsider it (`decision`), on stated grounds."""
    area = await access.priority_area(db, actor, priority_area_id, lock=True)
    await move(db, actor, area, PRIORITY_AREA, decision, if_match=if_match, reason=body.reason)
    return await PRIORITY_AREAS.told_to(db, actor, area.id)


async def launch_priority_area(
    db: AsyncSession, actor: Actor, priority_area_id: UUID, *, if_match: int | None
) -> Written[PriorityAreaOut]:
    """Mark a priority area as launched: a collaboration was launched in it."""
    area = await access.priority_area(db, actor, priority_area_id, lock=True)
    await move(db, actor, area, PRIORITY_AREA, "launch", if_match=if_match)
    area.launched_at = now(db)
    return await PRIORITY_AREAS.told_to(db, actor, area.id)


async def explain_priority_area_actions(
    db: AsyncSession, actor: Actor, priority_area_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    area = await access.priority_area(db, actor, priority_area_id)
    return await explain_actions(db, actor, area, PRIORITY_AREA)
