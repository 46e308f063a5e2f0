"""The contract of the register of organisations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.organisations import service
from app.people.organisations.exports import ORGANISATIONS
from app.people.organisations.schemas import (
    CreateOrganisation,
    EditOrganisation,
    OrganisationOut,
    OrganisationPage,
    OrganisationQuery,
)
from app.people.organisations.service import IdentifierTaken, OrganisationMerged
from app.people.organisations.telling import ORGANISATIONS as TOLD
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Organisations")

OrganisationId = Annotated[UUID, Path(description="The organisation.")]

OPEN_DATA_INSTITUTE = {
    "name": "Open Data Institute",
    "kind": "non_profit",
    "country": "GB",
    "website": "https://theodi.org",
    "identifiers": [{"list_code": "GB-COH", "number": "08030289"}],
}


@router.post(
    "/organisations",
    permission="organisation.create",
    refuses=(IdentifierTaken,),
    status=201,
    location="/v1/organisations/{id}",
    example=OPEN_DATA_INSTITUTE,
)
async def create_organisation(
    db: Db, actor: CurrentActor, body: CreateOrganisation
) -> Written[OrganisationOut]:
    """Add an organisation to the register, with the numbers public registers know it by.

    Search first: `q` finds names without regard to case and accents, `identifier` a number.
    """
    return await service.create_organisation(db, actor, body)


@router.get(
    "/organisations",
    permission="organisation.read",
    export=Exported(ORGANISATIONS, service.export_organisations),
)
async def list_organisations(
    read: Reading, query: Annotated[OrganisationQuery, Query()]
) -> WrittenList[OrganisationPage]:
    """The register, by name. Organisations that were merged into another are left out."""
    return await TOLD.page(read, query)


@router.get("/organisations/{organisation_id}", permission="organisation.read")
async def get_organisation(
    read: Reading, organisation_id: OrganisationId
) -> Written[OrganisationOut]:
    """One organisation; `merged_into_id` tells where one that was merged lives on."""
    return await TOLD.one(read, organisation_id)


@router.patch(
    "/organisations/{organisation_id}",
    permission="organisation.edit",
    refuses=(IdentifierTaken, OrganisationMerged),
    if_match=True,
    example={"website": "https://theodi.org"},
)
async def edit_organisation(
    db: Db,
    actor: CurrentActor,
    organisation_id: OrganisationId,
    body: EditOrganisation,
    if_match: IfMatch,
) -> Written[OrganisationOut]:
    """Change what the body names and nothing else; `null` clears. `identifiers` is replaced."""
    return await service.edit_organisation(db, actor, organisation_id, body, if_match=if_match)


@router.get("/organisations/{organisation_id}/history", permission="organisation.read")
async def get_organisation_history(
    read: Reading,
    organisation_id: OrganisationId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the organisation, oldest first."""
    return await read_history(TOLD, read, organisation_id, query)
