"""The contract of grants."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.ledger import NotEnoughMoney
from app.funding.grants import service
from app.funding.grants.access import GrantNotFound
from app.funding.grants.booking.service import FundUnknown
from app.funding.grants.exports import GRANTS as EXPORT
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.schemas import (
    CreateGrant,
    EditGrant,
    GrantOut,
    GrantPage,
    GrantQuery,
    MembershipGrantQuery,
)
from app.funding.grants.service import (
    FundNamed,
    GrantDependedOn,
    GrantFixed,
    GrantNotDraft,
    GrantReferenceTooLong,
)
from app.funding.grants.telling import GRANTS, OF_MEMBERSHIP
from app.funding.grants.terms.schemas import TERMS
from app.funding.grants.terms.sums import BudgetLinesDoNotSum, MilestoneTermsDoNotSum
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.access import MembershipNotFound
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.people.reads.histories import read_history
from app.web.export_answers import Exported
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grants")

MembershipId = Annotated[UUID, Path(description="The membership.")]
GrantId = Annotated[UUID, Path(description="The grant.")]

WHY = {"reason": "Agreed with the collaboration's lead on 2 March."}


@router.create(
    GRANT,
    "/memberships/{membership_id}/grants",
    refuses=(
        MembershipNotFound,
        FundUnknown,
        GrantReferenceTooLong,
        MilestoneTermsDoNotSum,
        BudgetLinesDoNotSum,
    ),
    example={"title": "Opening river data", "terms": TERMS},
)
async def create_grant(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: CreateGrant
) -> Written[GrantOut]:
    """Draw up a grant for a member of a cohort, with all that is to be agreed.

    The milestones sum to the award, and so do the budget lines where there are any.
    """
    return await service.create_grant(db, actor, membership_id, body)


@router.get(
    "/memberships/{membership_id}/grants",
    permission="grant.read",
    refuses=(MembershipNotFound,),
    export=Exported(EXPORT, service.export_membership_grants),
)
async def list_membership_grants(
    read: Reading,
    membership_id: MembershipId,
    query: Annotated[MembershipGrantQuery, Query()],
) -> WrittenList[GrantPage]:
    """The grants of a membership."""
    return await GRANTS.page(read, query, OF_MEMBERSHIP, membership_id)


@router.get("/grants", permission="grant.read", export=Exported(EXPORT, service.export_grants))
async def list_grants(
    read: Reading, query: Annotated[GrantQuery, Query()]
) -> WrittenList[GrantPage]:
    """The grants that you may see, by reference."""
    return await GRANTS.page(read, query)


@router.get("/grants/{grant_id}", permission="grant.read", refuses=(GrantNotFound,))
async def get_grant(read: Reading, grant_id: GrantId) -> Written[GrantOut]:
    """One grant, with the award and the period that hold now."""
    return await GRANTS.one(read, grant_id)


@router.patch(
    "/grants/{grant_id}",
    permission="grant.edit",
    refuses=(GrantNotFound, GrantFixed, FundNamed, FundUnknown),
    if_match=True,
    example={"title": "Opening river data in three catchments"},
)
async def edit_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: EditGrant, if_match: IfMatch
) -> Written[GrantOut]:
    """Change the title or the summary; what is agreed is edited as the terms."""
    return await service.edit_grant(db, actor, grant_id, body, if_match=if_match)


@router.delete(
    "/grants/{grant_id}",
    permission="grant.delete",
    refuses=(GrantNotFound, GrantNotDraft, GrantDependedOn),
    if_match=True,
    status=204,
)
async def delete_grant(db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch) -> None:
    """Delete a draft about which nothing else was kept, and its milestones with it."""
    await service.delete_grant(db, actor, grant_id, if_match=if_match)


@router.move(GRANT, "start_due_diligence", refuses=(GrantNotFound,))
async def start_due_diligence_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch
) -> Written[GrantOut]:
    """Begin to check the grantee before the grant is offered."""
    return await service.move_grant(db, actor, grant_id, "start_due_diligence", if_match=if_match)


@router.move(GRANT, "offer", refuses=(GrantNotFound, NotEnoughMoney))
async def offer_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch
) -> Written[GrantOut]:
    """Offer the grant. What is agreed is written down as a document, whose hash both sides sign."""
    return await service.offer_grant(db, actor, grant_id, if_match=if_match)


@router.move(GRANT, "retract_offer", refuses=(GrantNotFound,), example=WHY)
async def retract_offer_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Take the offer back to edit what it says. Signatures that were given to it do not count."""
    return await service.move_grant(
        db, actor, grant_id, "retract_offer", reason=body.reason, if_match=if_match
    )


@router.move(
    GRANT,
    "activate",
    completed_by="the second of two signatures",
    refuses=(GrantNotFound,),
)
async def activate_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch
) -> Written[GrantOut]:
    """Sign the agreement, for the grantee or, with `grant.sign_as_convenor`, for the convenor.

    The first signature leaves the grant offered; that of a second person, for the other side,
    makes it active. Both sign the document with the hash `agreement_sha256`.
    """
    return await service.activate_grant(db, actor, grant_id, if_match=if_match)


@router.move(GRANT, "decline", refuses=(GrantNotFound,), example=WHY)
async def decline_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Decline the offer, for the grantee."""
    return await service.move_grant(
        db, actor, grant_id, "decline", reason=body.reason, if_match=if_match
    )


@router.move(GRANT, "suspend", refuses=(GrantNotFound,), example=WHY)
async def suspend_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Suspend the grant: nothing is reported or paid until it is resumed."""
    return await service.move_grant(
        db, actor, grant_id, "suspend", reason=body.reason, if_match=if_match
    )


@router.move(GRANT, "resume", refuses=(GrantNotFound,), example=WHY)
async def resume_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Let a suspended grant go on."""
    return await service.move_grant(
        db, actor, grant_id, "resume", reason=body.reason, if_match=if_match
    )


@router.move(GRANT, "begin_closing", refuses=(GrantNotFound,))
async def begin_closing_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch
) -> Written[GrantOut]:
    """Begin to close the grant, when its period is over or nothing more is expected."""
    return await service.move_grant(db, actor, grant_id, "begin_closing", if_match=if_match)


@router.move(GRANT, "close", refuses=(GrantNotFound,))
async def close_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, if_match: IfMatch
) -> Written[GrantOut]:
    """Close the grant, when each milestone has been decided."""
    return await service.move_grant(db, actor, grant_id, "close", if_match=if_match)


@router.move(GRANT, "reopen", refuses=(GrantNotFound, NotEnoughMoney), example=WHY)
async def reopen_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Reopen a closed grant, to correct what was found wrong."""
    return await service.move_grant(
        db, actor, grant_id, "reopen", reason=body.reason, if_match=if_match
    )


@router.move(
    GRANT,
    "terminate",
    completed_by="the second of two persons",
    refuses=(GrantNotFound,),
    example=WHY,
)
async def terminate_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """End the grant early. It takes two persons, one of them with `grant.endorse_termination`;
    milestones that were not decided are cancelled."""
    return await service.move_grant(
        db, actor, grant_id, "terminate", reason=body.reason, if_match=if_match
    )


@router.move(GRANT, "cancel", refuses=(GrantNotFound,), example=WHY)
async def cancel_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: WithReason, if_match: IfMatch
) -> Written[GrantOut]:
    """Cancel a grant before both sides have signed, and its milestones with it."""
    return await service.move_grant(
        db, actor, grant_id, "cancel", reason=body.reason, if_match=if_match
    )


@router.get("/grants/{grant_id}/actions", permission="grant.read", refuses=(GrantNotFound,))
async def explain_grant_actions(db: Db, actor: CurrentActor, grant_id: GrantId) -> ActionsOut:
    """Each move that leads on from the present status, and what stands in its way."""
    return await service.explain_grant_actions(db, actor, grant_id)


@router.get("/grants/{grant_id}/history", permission="grant.read", refuses=(GrantNotFound,))
async def get_grant_history(
    read: Reading, grant_id: GrantId, query: Annotated[HistoryQuery, Query()]
) -> WrittenList[ActivityPage]:
    """What was done to the grant, oldest first."""
    return await read_history(GRANTS, read, grant_id, query)
