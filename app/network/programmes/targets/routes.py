"""The contract of targets."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.network.programmes.targets import service
from app.network.programmes.targets.exports import TARGETS_AS_CSV
from app.network.programmes.targets.schemas import (
    AllTargetsQuery,
    CountTarget,
    CreateTarget,
    EditTarget,
    ReadingPage,
    ReadingQuery,
    TargetDayQuery,
    TargetOut,
    TargetPage,
    TargetQuery,
)
from app.network.programmes.targets.service import (
    CountedByItself,
    ReadingInFuture,
    TargetDatesReversed,
    TargetKeyTaken,
)
from app.people.identity.deps import CurrentActor
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Programmes")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
TargetId = Annotated[UUID, Path(description="The target.")]


@router.post(
    "/programmes/{programme_id}/targets",
    permission="programme.edit",
    refuses=(TargetKeyTaken, TargetDatesReversed),
    status=201,
    location="/v1/targets/{id}",
    example={
        "key": "collaborations_launched",
        "name": "Twenty data collaborations by 2022",
        "comparator": "at_least",
        "value": 20,
        "counting_rule": "collaborations_launched",
        "due_on": "2022-12-31",
    },
)
async def create_target(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateTarget
) -> TargetOut:
    """Set a number to be reached (`at_least`) or not to be exceeded (`at_most`). It is counted by
    the service, or `by_hand` by readings: `collaborations_launched` counts those that were ever
    launched, `collaborations_taking_part` those that are members of the programme's cohorts on the
    day."""
    return await service.create_target(db, actor, programme_id, body)


@router.get("/programmes/{programme_id}/targets", permission="programme.read")
async def list_targets(
    db: Db,
    actor: CurrentActor,
    programme_id: ProgrammeId,
    query: Annotated[TargetQuery, Query()],
) -> TargetPage:
    """The targets of the programme, those due first at the top, as they stand or stood on
    `as_of`."""
    return await service.list_targets(db, actor, programme_id, query)


@router.get(
    "/targets",
    permission="programme.read",
    export=Exported(TARGETS_AS_CSV, service.export_targets),
)
async def list_all_targets(
    db: Db, actor: CurrentActor, query: Annotated[AllTargetsQuery, Query()]
) -> TargetPage:
    """The targets of all programmes that you may see, those due first at the top, as they stand or
    stood on `as_of`."""
    return await service.list_all_targets(db, actor, query)


@router.get("/targets/{target_id}", permission="programme.read")
async def get_target(
    db: Db, actor: CurrentActor, target_id: TargetId, query: Annotated[TargetDayQuery, Query()]
) -> TargetOut:
    """One target, as it stands or stood on `as_of`."""
    return await service.get_target(db, actor, target_id, as_of=query.as_of)


@router.patch(
    "/targets/{target_id}",
    permission="programme.edit",
    refuses=(TargetDatesReversed,),
    if_match=True,
    example={"due_on": "2022-12-31"},
)
async def edit_target(
    db: Db, actor: CurrentActor, target_id: TargetId, body: EditTarget, if_match: IfMatch
) -> TargetOut:
    """Change what the body names; the history keeps what it was. What is counted never changes:
    set another target."""
    return await service.edit_target(db, actor, target_id, body, if_match=if_match)


@router.post(
    "/targets/{target_id}/count",
    permission="programme.edit",
    refuses=(CountedByItself, ReadingInFuture),
    example={"counted_on": "2021-04-30", "counted": 9, "source": "Year one review"},
)
async def count_target(
    db: Db, actor: CurrentActor, target_id: TargetId, body: CountTarget
) -> TargetOut:
    """Record how many there were on a day. A later reading for the same day corrects an earlier."""
    return await service.count_target(db, actor, target_id, body)


@router.get("/targets/{target_id}/readings", permission="programme.read")
async def list_readings(
    db: Db, actor: CurrentActor, target_id: TargetId, query: Annotated[ReadingQuery, Query()]
) -> ReadingPage:
    """What was counted by hand, the earliest day first."""
    return await service.list_readings(db, actor, target_id, query)


@router.get("/targets/{target_id}/history", permission="programme.read")
async def get_target_history(
    db: Db, actor: CurrentActor, target_id: TargetId, query: Annotated[HistoryQuery, Query()]
) -> ActivityPage:
    """What was done to the target, oldest first."""
    return await service.get_target_history(db, actor, target_id, query)
