"""The contract of programmes."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.written import Written, WrittenList
from app.network.programmes import service
from app.network.programmes.schemas import (
    CreateProgramme,
    EditProgramme,
    ProgrammeOut,
    ProgrammePage,
    ProgrammeQuery,
)
from app.network.programmes.service import ProgrammeDatesReversed, ProgrammeReferenceTaken
from app.network.programmes.telling import PROGRAMMES, PROGRAMMES_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.identity.drafts.service import DraftDependedOn
from app.people.organisations.access import OrganisationUnknown
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Programmes")

ProgrammeId = Annotated[UUID, Path(description="The programme.")]


@router.post(
    "/programmes",
    permission="programme.create",
    refuses=(ProgrammeReferenceTaken, ProgrammeDatesReversed, OrganisationUnknown),
    status=201,
    location="/v1/programmes/{id}",
    example={
        "reference": "PLN",
        "name": "Peer learning network for data collaborations",
        "convenor_ids": ["019cae40-0000-7000-8000-000000000001"],
        "funder_ids": ["019cae40-0000-7000-8000-000000000002"],
        "planned_start_on": "2020-04-21",
        "planned_end_on": "2023-04-20",
    },
)
async def create_programme(
    db: Db, actor: CurrentActor, body: CreateProgramme
) -> Written[ProgrammeOut]:
    """Set up a programme. Its convenors and funders are organisations of the register; cohorts and
    funds are made under it."""
    return await service.create_programme(db, actor, body)


@router.get("/programmes", permission="programme.read")
async def list_programmes(
    read: Reading, query: Annotated[ProgrammeQuery, Query()]
) -> WrittenList[ProgrammePage]:
    """The programmes of the network, by name."""
    return await PROGRAMMES.page(read, query)


@router.get("/programmes/{programme_id}", permission="programme.read")
async def get_programme(read: Reading, programme_id: ProgrammeId) -> Written[ProgrammeOut]:
    """One programme."""
    return await PROGRAMMES.one(read, programme_id)


@router.patch(
    "/programmes/{programme_id}",
    permission="programme.edit",
    refuses=(ProgrammeDatesReversed, OrganisationUnknown),
    if_match=True,
    example={"actual_start_on": "2020-04-21"},
)
async def edit_programme(
    db: Db,
    actor: CurrentActor,
    programme_id: ProgrammeId,
    body: EditProgramme,
    if_match: IfMatch,
) -> Written[ProgrammeOut]:
    """Change what the body names and nothing else; `null` clears. The reference never changes."""
    return await service.edit_programme(db, actor, programme_id, body, if_match=if_match)


@router.delete(
    "/programmes/{programme_id}",
    permission="programme.delete",
    refuses=(DraftDependedOn,),
    if_match=True,
    status=204,
)
async def delete_programme(
    db: Db, actor: CurrentActor, programme_id: ProgrammeId, if_match: IfMatch
) -> None:
    """Delete a programme on which nothing depends: no cohort, collaboration or template of grants.
    Its strands, expectations, targets and priority areas, and the roles on it, go with it."""
    await service.delete_programme(db, actor, programme_id, if_match=if_match)


@router.get("/programmes/{programme_id}/history", permission="programme.read")
async def get_programme_history(
    read: Reading,
    programme_id: ProgrammeId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the programme, oldest first."""
    return await read_history(PROGRAMMES, read, programme_id, query)


export_of(router, "/programmes", PROGRAMMES_AS_CSV, ProgrammeQuery, permission="programme.read")
