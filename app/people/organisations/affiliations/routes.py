"""The contract of affiliations."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import LastDay
from app.kernel.written import Written, WrittenList
from app.people.identity.accounts.access import AccountUnknown
from app.people.identity.deps import CurrentActor
from app.people.organisations.affiliations import service
from app.people.organisations.affiliations.schemas import (
    AffiliationOut,
    AffiliationPage,
    AffiliationQuery,
    AffiliationsOfOneQuery,
    CreateAffiliation,
    EditAffiliation,
)
from app.people.organisations.affiliations.service import (
    AffiliationDatesReversed,
    AffiliationEnded,
    AffiliationVouched,
    AffiliationWithdrawn,
    AlreadyAffiliated,
)
from app.people.organisations.affiliations.telling import (
    AFFILIATIONS,
    AFFILIATIONS_AS_CSV,
    OF_ORGANISATION,
)
from app.people.organisations.service import OrganisationMerged
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Organisations")

OrganisationId = Annotated[UUID, Path(description="The organisation.")]
AffiliationId = Annotated[UUID, Path(description="The affiliation.")]


@router.post(
    "/organisations/{organisation_id}/affiliations",
    permission="affiliation.edit",
    refuses=(AlreadyAffiliated, OrganisationMerged, AccountUnknown),
    status=201,
    location="/v1/affiliations/{id}",
    example={"title": "Data steward", "since_on": "2024-09-01"},
)
async def create_affiliation(
    db: Db, actor: CurrentActor, organisation_id: OrganisationId, body: CreateAffiliation
) -> Written[AffiliationOut]:
    """Record that you work for the organisation, or that somebody does whose account you may see;
    for others it takes `affiliation.vouch` too."""
    return await service.create_affiliation(db, actor, organisation_id, body)


@router.get("/organisations/{organisation_id}/affiliations", permission=SIGNED_IN)
async def list_organisation_affiliations(
    read: Reading,
    organisation_id: OrganisationId,
    query: Annotated[AffiliationsOfOneQuery, Query()],
) -> WrittenList[AffiliationPage]:
    """Who works for the organisation, of the people whose accounts you may see."""
    return await AFFILIATIONS.page(read, query, OF_ORGANISATION, organisation_id)


@router.get("/affiliations", permission=SIGNED_IN)
async def list_affiliations(
    read: Reading, query: Annotated[AffiliationQuery, Query()]
) -> WrittenList[AffiliationPage]:
    """For whom the people work whose accounts you may see, those written down first at the top."""
    return await AFFILIATIONS.page(read, query)


@router.get("/affiliations/{affiliation_id}", permission=SIGNED_IN)
async def get_affiliation(read: Reading, affiliation_id: AffiliationId) -> Written[AffiliationOut]:
    """One affiliation."""
    return await AFFILIATIONS.one(read, affiliation_id)


@router.patch(
    "/affiliations/{affiliation_id}",
    permission="affiliation.edit",
    refuses=(AffiliationDatesReversed, AffiliationWithdrawn, AffiliationVouched),
    if_match=True,
    example={"title": "Head of data"},
)
async def edit_affiliation(
    db: Db,
    actor: CurrentActor,
    affiliation_id: AffiliationId,
    body: EditAffiliation,
    if_match: IfMatch,
) -> Written[AffiliationOut]:
    """Change what the body names and nothing else; `null` clears."""
    return await service.edit_affiliation(db, actor, affiliation_id, body, if_match=if_match)


@router.post(
    "/affiliations/{affiliation_id}/end",
    permission="affiliation.edit",
    refuses=(
        AffiliationEnded,
        AffiliationWithdrawn,
        AffiliationVouched,
        AffiliationDatesReversed,
    ),
    example={"ended_on": "2026-03-31"},
)
async def end_affiliation(
    db: Db, actor: CurrentActor, affiliation_id: AffiliationId, body: LastDay
) -> Written[AffiliationOut]:
    """End an affiliation, with the last day on which the person worked there."""
    return await service.end_affiliation(db, actor, affiliation_id, body)


history_of(
    router,
    "affiliation",
    "/affiliations/{affiliation_id}",
    AFFILIATIONS,
    permission=SIGNED_IN,
)
export_of(router, "/affiliations", AFFILIATIONS_AS_CSV, AffiliationQuery, permission=SIGNED_IN)
