"""The contract of the risk register."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import WithReason
from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.risks import service
from app.network.collaborations.risks.schemas import (
    EditRisk,
    RaiseRisk,
    RiskOut,
    RiskPage,
    RiskQuery,
    RisksOfOneQuery,
)
from app.network.collaborations.risks.service import OwnerUnknown, RiskClosed
from app.network.collaborations.risks.telling import OF_COLLABORATION, RISKS, RISKS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
RiskId = Annotated[UUID, Path(description="The risk.")]


@router.post(
    "/collaborations/{collaboration_id}/risks",
    permission="collaboration.assess",
    refuses=(
        CollaborationMerged,
        OwnerUnknown,
    ),
    status=201,
    location="/v1/risks/{id}",
    example={
        "area": "law",
        "question": "Can anybody be recognised in the data?",
        "answer": "A courier's home may show where a day's route begins.",
        "level": "red",
        "mitigation": "Routes are cut off half a kilometre from both ends.",
    },
)
async def raise_risk(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: RaiseRisk
) -> Written[RiskOut]:
    """Put a question on the register, with its answer so far. Before the launch each `red` one
    needs an owner and a mitigation (`red_risk_unowned`)."""
    return await service.raise_risk(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/risks", permission="collaboration.read")
async def list_collaboration_risks(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[RisksOfOneQuery, Query()],
) -> WrittenList[RiskPage]:
    """The risk register of the collaboration, the oldest first."""
    return await RISKS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/risks", permission="collaboration.read")
async def list_risks(read: Reading, query: Annotated[RiskQuery, Query()]) -> WrittenList[RiskPage]:
    """The risks of all collaborations that you may see, the oldest first."""
    return await RISKS.page(read, query)


@router.get("/risks/{risk_id}", permission="collaboration.read")
async def get_risk(read: Reading, risk_id: RiskId) -> Written[RiskOut]:
    """One risk."""
    return await RISKS.one(read, risk_id)


@router.patch(
    "/risks/{risk_id}",
    permission="collaboration.assess",
    refuses=(OwnerUnknown, RiskClosed),
    if_match=True,
    example={"level": "amber"},
)
async def edit_risk(
    db: Db, actor: CurrentActor, risk_id: RiskId, body: EditRisk, if_match: IfMatch
) -> Written[RiskOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_risk(db, actor, risk_id, body, if_match=if_match)


@router.post(
    "/risks/{risk_id}/close",
    permission="collaboration.assess",
    refuses=(RiskClosed,),
    if_match=True,
    example={"reason": "The data holds no persons any more."},
)
async def close_risk(
    db: Db, actor: CurrentActor, risk_id: RiskId, body: WithReason, if_match: IfMatch
) -> Written[RiskOut]:
    """Close the risk, with the reason. It stays on the register."""
    return await service.close_risk(db, actor, risk_id, body, if_match=if_match)


history_of(router, "risk", "/risks/{risk_id}", RISKS, permission="collaboration.read")

export_of(router, "/risks", RISKS_AS_CSV, RiskQuery, permission="collaboration.read")
