"""The contract of impacts."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.impacts import service
from app.network.collaborations.impacts.schemas import (
    AddImpact,
    EditImpact,
    ImpactOut,
    ImpactPage,
    ImpactQuery,
    ImpactsOfOneQuery,
)
from app.network.collaborations.impacts.telling import IMPACTS, IMPACTS_AS_CSV, OF_COLLABORATION
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
ImpactId = Annotated[UUID, Path(description="The impact.")]


@router.post(
    "/collaborations/{collaboration_id}/impacts",
    permission="collaboration.contribute",
    refuses=(CollaborationMerged, FileNotFound, FileAlreadyAttached, CollaborationStorageFull),
    status=201,
    location="/v1/impacts/{id}",
    example={
        "title": "Two streets got a loading bay",
        "beneficiaries": "Couriers and residents of the harbour quarter",
        "evidence": "The council's decision names the map of positions as its ground.",
        "happened_on": "2026-03-02",
        "url": "https://example.org/decision",
    },
)
async def add_impact(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: AddImpact
) -> Written[ImpactOut]:
    """Record an impact: who benefits from the collaboration, and how that is known. A collaboration
    operates once an impact, or the first use of one of its data sets, is recorded
    (`use_missing`)."""
    return await service.add_impact(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/impacts", permission="collaboration.read")
async def list_collaboration_impacts(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[ImpactsOfOneQuery, Query()],
) -> WrittenList[ImpactPage]:
    """The impacts of the collaboration, the earliest first."""
    return await IMPACTS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/impacts", permission="collaboration.read")
async def list_impacts(
    read: Reading, query: Annotated[ImpactQuery, Query()]
) -> WrittenList[ImpactPage]:
    """The impacts of all collaborations that you may see, the earliest first."""
    return await IMPACTS.page(read, query)


@router.get("/impacts/{impact_id}", permission="collaboration.read")
async def get_impact(read: Reading, impact_id: ImpactId) -> Written[ImpactOut]:
    """One impact."""
    return await IMPACTS.one(read, impact_id)


@router.patch(
    "/impacts/{impact_id}",
    permission="collaboration.contribute",
    if_match=True,
    example={"beneficiaries": "Couriers, and the residents of two streets"},
)
async def edit_impact(
    db: Db, actor: CurrentActor, impact_id: ImpactId, body: EditImpact, if_match: IfMatch
) -> Written[ImpactOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_impact(db, actor, impact_id, body, if_match=if_match)


@router.delete(
    "/impacts/{impact_id}",
    permission="collaboration.contribute",
    refuses=(DraftDependedOn,),
    if_match=True,
    status=204,
)
async def delete_impact(
    db: Db, actor: CurrentActor, impact_id: ImpactId, if_match: IfMatch
) -> None:
    """Delete an impact that was recorded by mistake, unless an indicator's result measures it; its
    history stays."""
    await service.delete_impact(db, actor, impact_id, if_match=if_match)


history_of(router, "impact", "/impacts/{impact_id}", IMPACTS, permission="collaboration.read")

export_of(router, "/impacts", IMPACTS_AS_CSV, ImpactQuery, permission="collaboration.read")
