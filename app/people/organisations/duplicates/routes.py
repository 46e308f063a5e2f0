"""The contract of duplicates."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.people.organisations.access import OrganisationUnknown
from app.people.organisations.duplicates import service
from app.people.organisations.duplicates.schemas import DuplicatesOut, MergeOrganisation
from app.people.organisations.duplicates.service import DuplicateMerged, MergedWithItself
from app.people.organisations.queries import NamedByBoth
from app.people.organisations.schemas import OrganisationOut
from app.people.organisations.service import OrganisationMerged
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Organisations")

OrganisationId = Annotated[UUID, Path(description="The organisation.")]


@router.get("/organisations/{organisation_id}/duplicates", permission="organisation.read")
async def list_duplicates(
    db: Db, actor: CurrentActor, organisation_id: OrganisationId
) -> DuplicatesOut:
    """Others that may be the same: nearly the same name, or a website of the same host. At most
    twenty, the likeliest first."""
    return await service.list_duplicates(db, actor, organisation_id)


@router.post(
    "/organisations/{organisation_id}/merge",
    permission="organisation.merge",
    refuses=(
        MergedWithItself,
        OrganisationUnknown,
        OrganisationMerged,
        DuplicateMerged,
        NamedByBoth,
    ),
    if_match=True,
    example={
        "duplicate_id": "019cae40-0000-7000-8000-000000000002",
        "reason": "One register entry, typed twice.",
    },
)
async def merge_organisation(
    db: Db,
    actor: CurrentActor,
    organisation_id: OrganisationId,
    body: MergeOrganisation,
    if_match: IfMatch,
) -> Written[OrganisationOut]:
    """Let this organisation take the place of `duplicate_id` wherever that one is referred to. Its
    identifiers come over; name, kind, country and website stay as they are here. The duplicate
    leaves the register and stays readable under its id."""
    return await service.merge_organisation(db, actor, organisation_id, body, if_match=if_match)
