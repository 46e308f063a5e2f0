"""The contract of what is agreed."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.funding.grants.access import GrantNotFound
from app.funding.grants.terms import service
from app.funding.grants.terms.schemas import TERMS, AgreementOut, EditGrantTerms, GrantTermsOut
from app.funding.grants.terms.service import AgreementNotFound, GrantTermsFixed, TermUnknown
from app.funding.grants.terms.sums import BudgetLinesDoNotSum, MilestoneTermsDoNotSum
from app.people.identity.deps import CurrentActor
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grants")

GrantId = Annotated[UUID, Path(description="The grant.")]


@router.get("/grants/{grant_id}/terms", permission="grant.read", refuses=(GrantNotFound,))
async def get_grant_terms(db: Db, actor: CurrentActor, grant_id: GrantId) -> GrantTermsOut:
    """What is agreed now: award, period, budget lines, milestones with their criteria."""
    return await service.get_grant_terms(db, actor, grant_id)


@router.put(
    "/grants/{grant_id}/terms",
    permission="grant.edit",
    refuses=(
        GrantNotFound,
        GrantTermsFixed,
        MilestoneTermsDoNotSum,
        BudgetLinesDoNotSum,
        TermUnknown,
    ),
    if_match=True,
    example=TERMS,
)
async def edit_grant_terms(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: EditGrantTerms, if_match: IfMatch
) -> GrantTermsOut:
    """Replace all that is to be agreed, until the grant is offered.

    A milestone, criterion or budget line sent with its id stays the same one, without an id it is
    new; those left out are taken away. `If-Match` is the ETag of the terms.
    """
    return await service.edit_grant_terms(db, actor, grant_id, body, if_match=if_match)


@router.get(
    "/grants/{grant_id}/agreement",
    permission="grant.read",
    refuses=(GrantNotFound, AgreementNotFound),
)
async def get_grant_agreement(db: Db, actor: CurrentActor, grant_id: GrantId) -> AgreementOut:
    """The document that is offered or was signed, with its hash and the signatures under it."""
    return await service.get_grant_agreement(db, actor, grant_id)
