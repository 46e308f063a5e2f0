"""The contract of priority areas."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.programmes.priority_areas import service
from app.network.programmes.priority_areas.lifecycle import PRIORITY_AREA
from app.network.programmes.priority_areas.schemas import (
    AllPriorityAreasQuery,
    CreatePriorityArea,
    EditPriorityArea,
    PriorityAreaOut,
    PriorityAreaPage,
    PriorityAreaQuery,
)
from app.network.programmes.priority_areas.service import PriorityAreaKeyTaken
from app.network.programmes.priority_areas.telling import (
    OF_PROGRAMME,
    PRIORITY_AREAS,
    PRIORITY_AREAS_AS_CSV,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Programmes")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
PriorityAreaId = Annotated[UUID, Path(description="The priority area.")]


@router.create(
    PRIORITY_AREA,
    "/programmes/{programme_id}/priority-areas",
    refuses=(PriorityAreaKeyTaken,),
    example={
        "key": "flood_warning",
        "name": "Warning of floods",
        "summary": "River levels are measured by many and put together by nobody.",
    },
)
async def create_priority_area(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreatePriorityArea
) -> Written[PriorityAreaOut]:
    """Propose a field in which the programme might launch a collaboration of its own."""
    return await service.create_priority_area(db, actor, programme_id, body)


@router.get("/programmes/{programme_id}/priority-areas", permission="programme.read")
async def list_priority_areas(
    read: Reading,
    programme_id: ProgrammeId,
    query: Annotated[PriorityAreaQuery, Query()],
) -> WrittenList[PriorityAreaPage]:
    """The priority areas of the programme, by key."""
    return await PRIORITY_AREAS.page(read, query, OF_PROGRAMME, programme_id)


@router.get("/priority-areas", permission="programme.read")
async def list_all_priority_areas(
    read: Reading, query: Annotated[AllPriorityAreasQuery, Query()]
) -> WrittenList[PriorityAreaPage]:
    """The priority areas of all programmes that you may see, by key."""
    return await PRIORITY_AREAS.page(read, query)


@router.get("/priority-areas/{priority_area_id}", permission="programme.read")
async def get_priority_area(
    read: Reading, priority_area_id: PriorityAreaId
) -> Written[PriorityAreaOut]:
    """One priority area."""
    return await PRIORITY_AREAS.one(read, priority_area_id)


@router.patch(
    "/priority-areas/{priority_area_id}",
    permission="programme.edit",
    if_match=True,
    example={"name": "Flood warning"},
)
async def edit_priority_area(
    db: Db,
    actor: CurrentActor,
    priority_area_id: PriorityAreaId,
    body: EditPriorityArea,
    if_match: IfMatch,
) -> Written[PriorityAreaOut]:
    """Change what the body names and nothing else; `null` clears. The key never changes."""
    return await service.edit_priority_area(db, actor, priority_area_id, body, if_match=if_match)


@router.move(
    PRIORITY_AREA, "select", example={"reason": "Three members of the panel put it first."}
)
async def select_priority_area(
    db: Db,
    actor: CurrentActor,
    priority_area_id: PriorityAreaId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PriorityAreaOut]:
    """Choose it: the programme will look for a collaboration to launch in it."""
    return await service.decide_priority_area(
        db, actor, priority_area_id, "select", body, if_match=if_match
    )


@router.move(
    PRIORITY_AREA, "reject", example={"reason": "Others are at work on it with more means."}
)
async def reject_priority_area(
    db: Db,
    actor: CurrentActor,
    priority_area_id: PriorityAreaId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PriorityAreaOut]:
    """Decide against it; the grounds stay with it."""
    return await service.decide_priority_area(
        db, actor, priority_area_id, "reject", body, if_match=if_match
    )


@router.move(
    PRIORITY_AREA,
    "defer",
    example={"reason": "The data is being published this year by the regulator."},
)
async def defer_priority_area(
    db: Db,
    actor: CurrentActor,
    priority_area_id: PriorityAreaId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PriorityAreaOut]:
    """Leave the decision for later."""
    return await service.decide_priority_area(
        db, actor, priority_area_id, "defer", body, if_match=if_match
    )


@router.move(PRIORITY_AREA, "reconsider", example={"reason": "The regulator published nothing."})
async def reconsider_priority_area(
    db: Db,
    actor: CurrentActor,
    priority_area_id: PriorityAreaId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PriorityAreaOut]:
    """Take it up again: a decision that was made is taken back."""
    return await service.decide_priority_area(
        db, actor, priority_area_id, "reconsider", body, if_match=if_match
    )


@router.move(PRIORITY_AREA, "launch")
async def launch_priority_area(
    db: Db, actor: CurrentActor, priority_area_id: PriorityAreaId, if_match: IfMatch
) -> Written[PriorityAreaOut]:
    """Mark a priority area as launched: a collaboration that names it must have been launched
    (`collaboration_missing`)."""
    return await service.launch_priority_area(db, actor, priority_area_id, if_match=if_match)


@router.get("/priority-areas/{priority_area_id}/actions", permission="programme.read")
async def explain_priority_area_actions(
    db: Db, actor: CurrentActor, priority_area_id: PriorityAreaId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_priority_area_actions(db, actor, priority_area_id)


@router.get("/priority-areas/{priority_area_id}/history", permission="programme.read")
async def get_priority_area_history(
    read: Reading,
    priority_area_id: PriorityAreaId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the priority area, oldest first."""
    return await read_history(PRIORITY_AREAS, read, priority_area_id, query)


export_of(
    router,
    "/priority-areas",
    PRIORITY_AREAS_AS_CSV,
    AllPriorityAreasQuery,
    permission="programme.read",
)
