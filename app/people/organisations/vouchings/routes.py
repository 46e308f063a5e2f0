"""The contract of answering what others said of oneself."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.kernel.schemas import WithReason
from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.people.organisations.affiliations.schemas import AffiliationOut
from app.people.organisations.affiliations.service import AffiliationWithdrawn
from app.people.organisations.vouchings import service
from app.people.organisations.vouchings.service import AffiliationAnswered, OwnAffiliation
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Organisations")

AffiliationId = Annotated[UUID, Path(description="The affiliation.")]


@router.post(
    "/affiliations/{affiliation_id}/confirm",
    permission=SIGNED_IN,
    refuses=(AffiliationWithdrawn, AffiliationAnswered),
)
async def confirm_affiliation(
    db: Db, actor: CurrentActor, affiliation_id: AffiliationId
) -> Written[AffiliationOut]:
    """Confirm an affiliation that somebody else recorded for you."""
    return await service.confirm_affiliation(db, actor, affiliation_id)


@router.post(
    "/affiliations/{affiliation_id}/contest",
    permission=SIGNED_IN,
    refuses=(AffiliationWithdrawn, AffiliationAnswered),
    example={"reason": "I have never worked there: it is my sister."},
)
async def contest_affiliation(
    db: Db, actor: CurrentActor, affiliation_id: AffiliationId, body: WithReason
) -> Written[AffiliationOut]:
    """Contest an affiliation that somebody else recorded for you. It counts until whoever recorded
    it corrects or withdraws it."""
    return await service.contest_affiliation(db, actor, affiliation_id, reason=body.reason)


@router.post(
    "/affiliations/{affiliation_id}/withdraw",
    permission="affiliation.vouch",
    refuses=(AffiliationWithdrawn, OwnAffiliation),
    example={"reason": "It is another person of that name."},
)
async def withdraw_affiliation(
    db: Db, actor: CurrentActor, affiliation_id: AffiliationId, body: WithReason
) -> Written[AffiliationOut]:
    """Withdraw an affiliation that was recorded by mistake: it counts for nothing, and stays on
    record. You cannot withdraw your own."""
    return await service.withdraw_affiliation(db, actor, affiliation_id, reason=body.reason)
