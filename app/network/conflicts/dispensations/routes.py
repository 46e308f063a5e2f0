"""The contract of dispensations, whatever they are about."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.conflicts.dispensations import service
from app.network.conflicts.dispensations.exports import DISPENSATIONS
from app.network.conflicts.dispensations.lifecycle import DISPENSATION
from app.network.conflicts.dispensations.schemas import (
    DispensationOut,
    DispensationPage,
    DispensationQuery,
)
from app.network.conflicts.dispensations.telling import DISPENSATIONS as TOLD
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Conflicts")

DispensationId = Annotated[UUID, Path(description="The dispensation.")]


@router.get(
    "/dispensations",
    permission="dispensation.read",
    export=Exported(DISPENSATIONS, service.export_dispensations),
)
async def list_dispensations(
    read: Reading, query: Annotated[DispensationQuery, Query()]
) -> WrittenList[DispensationPage]:
    """The dispensations that you may see, the latest first."""
    return await TOLD.page(read, query)


@router.get("/dispensations/{dispensation_id}", permission="dispensation.read")
async def get_dispensation(
    read: Reading, dispensation_id: DispensationId
) -> Written[DispensationOut]:
    """One dispensation."""
    return await TOLD.one(read, dispensation_id)


@router.move(DISPENSATION, "confirm")
async def confirm_dispensation(
    db: Db, actor: CurrentActor, dispensation_id: DispensationId, if_match: IfMatch
) -> Written[DispensationOut]:
    """Agree to it as the second person: who proposed it may not (`second_person_required`), nor
    whom it is for (`own_dispensation`). It counts from then on, for what that person had no hand
    in, and each decision under it is marked in the record."""
    return await service.confirm_dispensation(db, actor, dispensation_id, if_match=if_match)


@router.move(DISPENSATION, "revoke", example={"reason": "Another reviewer was found."})
async def revoke_dispensation(
    db: Db,
    actor: CurrentActor,
    dispensation_id: DispensationId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[DispensationOut]:
    """Let it count no more. What was decided under it stays."""
    return await service.revoke_dispensation(
        db, actor, dispensation_id, reason=body.reason, if_match=if_match
    )


@router.get("/dispensations/{dispensation_id}/actions", permission="dispensation.read")
async def explain_dispensation_actions(
    db: Db, actor: CurrentActor, dispensation_id: DispensationId
) -> ActionsOut:
    """Every move of the dispensation now, with what stands in its way."""
    return await service.explain_dispensation_actions(db, actor, dispensation_id)


@router.get("/dispensations/{dispensation_id}/history", permission="dispensation.read")
async def get_dispensation_history(
    read: Reading,
    dispensation_id: DispensationId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the dispensation, oldest first."""
    return await read_history(TOLD, read, dispensation_id, query)
