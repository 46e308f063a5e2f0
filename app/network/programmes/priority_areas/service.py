"""Priority areas: proposing them, deciding on them, launching in them."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.clock import now
from app.kernel.editing import amend
from app.kernel.errors import Conflict, constraint
from app.kernel.lifecycle import available_actions, create, explain_actions, move
from app.kernel.paging import paginate
from app.kernel.schemas import ActionsOut, WithReason
from app.network.programmes.access import programme as obtain_programme
from app.network.programmes.priority_areas import access
from app.network.programmes.priority_areas.lifecycle import PRIORITY_AREA
from app.network.programmes.priority_areas.models import PriorityArea
from app.network.programmes.priority_areas.schemas import (
    CreatePriorityArea,
    EditPriorityArea,
    PriorityAreaOut,
    PriorityAreaPage,
    PriorityAreaQuery,
)
from app.people.identity.access import visible
from app.people.identity.actors import Actor

SORTS: Final = {"key": (PriorityArea.key, PriorityArea.id)}


class PriorityAreaKeyTaken(Conflict):
    """The programme has a priority area of this key."""


constraint("uq_priority_areas_programme_id_key", PriorityAreaKeyTaken)


async def create_priority_area(
    db: AsyncSession, actor: Actor, programme_id: UUID, body: CreatePriorityArea
) -> PriorityAreaOut:
    """Propose an area. Raises PriorityAreaKeyTaken (409)."""
    programme = await obtain_programme(db, actor, programme_id)
    area = PriorityArea(**body.model_dump(), programme_id=programme.id, programme=programme)
    await create(db, actor, area, PRIORITY_AREA, under=programme.scope_id)
    await db.flush()
    return _shown(actor, area)


def _shown(actor: Actor, area: PriorityArea) -> PriorityAreaOut:
    actions = available_actions(area, actor, PRIORITY_AREA)
    columns = PriorityAreaOut.model_fields.keys() - {"available_actions"}
    return PriorityAreaOut.model_validate(
        {name: getattr(area, name) for name in columns} | {"available_actions": actions}
    )


async def list_priority_areas(
    db: AsyncSession, actor: Actor, programme_id: UUID, query: PriorityAreaQuery
) -> PriorityAreaPage:
    """The priority areas of a programme, by key."""
    programme = await obtain_programme(db, actor, programme_id)
    statement = (
        visible(PriorityArea, actor, "programme.read")
        .where(PriorityArea.programme_id == programme.id)
        .options(joinedload(PriorityArea.programme))
    )
    if query.status is not None:
        statement = statement.where(PriorityArea.status == query.status)
    page = await paginate(db, statement, query, SORTS, default="key", bound=programme.id)
    return PriorityAreaPage(
        items=[_shown(actor, row) for row in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


async def get_priority_area(
    db: AsyncSession, actor: Actor, priority_area_id: UUID
) -> PriorityAreaOut:
    """One priority area."""
    return _shown(actor, await access.priority_area(db, actor, priority_area_id))


async def edit_priority_area(
    db: AsyncSession,
    actor: Actor,
    priority_area_id: UUID,
    body: EditPriorityArea,
    *,
    if_match: int | None,
) -> PriorityAreaOut:
    """Change what the body names."""
    area = await access.priority_area.to_change(
        db, actor, priority_area_id, "programme.edit", if_match=if_match
    )
    if changed := amend(area, body.model_dump()):
        activity.record(db, actor, "priority_area.edited", area, detail=changed)
    await db.flush()
    return _shown(actor, area)


async def decide_priority_area(
    db: AsyncSession,
    actor: Actor,
    priority_area_id: UUID,
    decision: str,
    body: WithReason,
    *,
    if_match: int | None,
) -> PriorityAreaOut:
    """Select, reject, defer or reconsider it (`decision`), on stated grounds."""
    area = await access.priority_area(db, actor, priority_area_id, lock=True)
    await move(db, actor, area, PRIORITY_AREA, decision, if_match=if_match, reason=body.reason)
    await db.flush()
    return _shown(actor, area)


async def launch_priority_area(
    db: AsyncSession, actor: Actor, priority_area_id: UUID, *, if_match: int | None
) -> PriorityAreaOut:
    """Say that a collaboration was launched in it."""
    area = await access.priority_area(db, actor, priority_area_id, lock=True)
    await move(db, actor, area, PRIORITY_AREA, "launch", if_match=if_match)
    area.launched_at = now(db)
    await db.flush()
    return _shown(actor, area)


async def explain_priority_area_actions(
    db: AsyncSession, actor: Actor, priority_area_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    area = await access.priority_area(db, actor, priority_area_id)
    return await explain_actions(db, actor, area, PRIORITY_AREA)


async def get_priority_area_history(
    db: AsyncSession, actor: Actor, priority_area_id: UUID, query: HistoryQuery
) -> ActivityPage:
    """What was done to it, oldest first."""
    area = await access.priority_area(db, actor, priority_area_id)
    return await activity.history(db, actor, area, query)
