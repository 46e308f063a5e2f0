"""The contract of strands."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.written import Written, WrittenList
from app.network.programmes.strands import service
from app.network.programmes.strands.schemas import (
    AllStrandsQuery,
    CreateStrand,
    EditStrand,
    StrandOut,
    StrandPage,
    StrandQuery,
)
from app.network.programmes.strands.service import StrandInUse, StrandKeyTaken
from app.network.programmes.strands.telling import OF_PROGRAMME, STRANDS, STRANDS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Programmes")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]
StrandId = Annotated[UUID, Path(description="The strand.")]


@router.post(
    "/programmes/{programme_id}/strands",
    permission="programme.edit",
    refuses=(StrandKeyTaken,),
    status=201,
    location="/v1/strands/{id}",
    example={
        "key": "peer_learning",
        "name": "Peer learning network",
        "summary": "Cohorts of collaborations that learn together.",
    },
)
async def create_strand(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, body: CreateStrand
) -> Written[StrandOut]:
    """Name a kind of work of the programme; collaborations may say that they belong to it."""
    return await service.create_strand(db, actor, programme_id, body)


@router.get("/programmes/{programme_id}/strands", permission="programme.read")
async def list_strands(
    read: Reading,
    programme_id: ProgrammeId,
    query: Annotated[StrandQuery, Query()],
) -> WrittenList[StrandPage]:
    """The strands of the programme, by key."""
    return await STRANDS.page(read, query, OF_PROGRAMME, programme_id)


@router.get("/strands", permission="programme.read")
async def list_all_strands(
    read: Reading, query: Annotated[AllStrandsQuery, Query()]
) -> WrittenList[StrandPage]:
    """The strands of all programmes that you may see, by key."""
    return await STRANDS.page(read, query)


@router.get("/strands/{strand_id}", permission="programme.read")
async def get_strand(read: Reading, strand_id: StrandId) -> Written[StrandOut]:
    """One strand."""
    return await STRANDS.one(read, strand_id)


@router.patch(
    "/strands/{strand_id}",
    permission="programme.edit",
    if_match=True,
    example={"name": "Peer learning"},
)
async def edit_strand(
    db: Db, actor: CurrentActor, strand_id: StrandId, body: EditStrand, if_match: IfMatch
) -> Written[StrandOut]:
    """Change what the body names and nothing else; `null` clears. The key never changes."""
    return await service.edit_strand(db, actor, strand_id, body, if_match=if_match)


@router.delete(
    "/strands/{strand_id}",
    permission="programme.edit",
    refuses=(StrandInUse,),
    if_match=True,
    status=204,
)
async def delete_strand(
    db: Db, actor: CurrentActor, strand_id: StrandId, if_match: IfMatch
) -> None:
    """Take back a strand to which no collaboration belongs."""
    await service.delete_strand(db, actor, strand_id, if_match=if_match)


history_of(router, "strand", "/strands/{strand_id}", STRANDS, permission="programme.read")

export_of(router, "/strands", STRANDS_AS_CSV, AllStrandsQuery, permission="programme.read")
