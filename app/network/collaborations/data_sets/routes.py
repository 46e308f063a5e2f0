"""The contract of data sets."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.collaborations.access import CollaborationMerged
from app.network.collaborations.data_sets import service
from app.network.collaborations.data_sets.schemas import (
    AccessChangePage,
    AccessChangeQuery,
    AddDataSet,
    ChangeAccess,
    DataSetOut,
    DataSetPage,
    DataSetQuery,
    DataSetsOfOneQuery,
    EditDataSet,
)
from app.network.collaborations.data_sets.service import AccessOutOfOrder, AccessUnchanged
from app.network.collaborations.data_sets.telling import (
    DATA_SETS,
    DATA_SETS_AS_CSV,
    OF_COLLABORATION,
)
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Collaborations")

CollaborationId = Annotated[UUID, Path(description="The collaboration.")]
DataSetId = Annotated[UUID, Path(description="The data set.")]


@router.post(
    "/collaborations/{collaboration_id}/data-sets",
    permission="collaboration.edit",
    refuses=(CollaborationMerged,),
    status=201,
    location="/v1/data-sets/{id}",
    example={"name": "Positions of cargo bikes", "access": "open", "licence": "CC-BY-4.0"},
)
async def add_data_set(
    db: Db, actor: CurrentActor, collaboration_id: CollaborationId, body: AddDataSet
) -> Written[DataSetOut]:
    """Name data that the collaboration works with, and how accessible it is: `closed` (by a
    contract of its own, or not at all), `shared` (by terms set in advance) or `open` (anyone, for
    any purpose; that needs a licence)."""
    return await service.add_data_set(db, actor, collaboration_id, body)


@router.get("/collaborations/{collaboration_id}/data-sets", permission="collaboration.read")
async def list_collaboration_data_sets(
    read: Reading,
    collaboration_id: CollaborationId,
    query: Annotated[DataSetsOfOneQuery, Query()],
) -> WrittenList[DataSetPage]:
    """The data sets of the collaboration, by name."""
    return await DATA_SETS.page(read, query, OF_COLLABORATION, collaboration_id)


@router.get("/data-sets", permission="collaboration.read")
async def list_data_sets(
    read: Reading, query: Annotated[DataSetQuery, Query()]
) -> WrittenList[DataSetPage]:
    """The data sets of all collaborations that you may see, by name."""
    return await DATA_SETS.page(read, query)


@router.get("/data-sets/{data_set_id}", permission="collaboration.read")
async def get_data_set(read: Reading, data_set_id: DataSetId) -> Written[DataSetOut]:
    """One data set."""
    return await DATA_SETS.one(read, data_set_id)


@router.patch(
    "/data-sets/{data_set_id}",
    permission="collaboration.edit",
    if_match=True,
    example={"url": "https://example.org/data"},
)
async def edit_data_set(
    db: Db, actor: CurrentActor, data_set_id: DataSetId, body: EditDataSet, if_match: IfMatch
) -> Written[DataSetOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_data_set(db, actor, data_set_id, body, if_match=if_match)


@router.post(
    "/data-sets/{data_set_id}/change-access",
    permission="collaboration.edit",
    refuses=(AccessUnchanged, AccessOutOfOrder),
    if_match=True,
    example={
        "access": "open",
        "licence": "ODbL-1.0",
        "reason": "The couriers agreed to publish it.",
    },
)
async def change_data_set_access(
    db: Db, actor: CurrentActor, data_set_id: DataSetId, body: ChangeAccess, if_match: IfMatch
) -> Written[DataSetOut]:
    """Move it along the data spectrum, or put it under another licence, and say why. To take open
    data back takes `collaboration.close_data`, because licences may be irrevocable."""
    return await service.change_data_set_access(db, actor, data_set_id, body, if_match=if_match)


@router.get("/data-sets/{data_set_id}/access-changes", permission="collaboration.read")
async def list_access_changes(
    db: Db,
    actor: CurrentActor,
    data_set_id: DataSetId,
    query: Annotated[AccessChangeQuery, Query()],
) -> AccessChangePage:
    """How accessible it was from which day on, the earliest first."""
    return await service.list_access_changes(db, actor, data_set_id, query)


history_of(
    router, "data_set", "/data-sets/{data_set_id}", DATA_SETS, permission="collaboration.read"
)

export_of(router, "/data-sets", DATA_SETS_AS_CSV, DataSetQuery, permission="collaboration.read")
