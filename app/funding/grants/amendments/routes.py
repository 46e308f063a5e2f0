"""The contract of amendments."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.funding.funds.ledger import NotEnoughMoney
from app.funding.grants.access import GrantNotFound
from app.funding.grants.amendments import access, service
from app.funding.grants.amendments.access import AmendmentNotFound
from app.funding.grants.amendments.lifecycle import AMENDMENT
from app.funding.grants.amendments.schemas import (
    AmendmentOut,
    AmendmentPage,
    AmendmentQuery,
    CreateAmendment,
    EditAmendment,
    GrantAmendmentQuery,
)
from app.funding.grants.amendments.telling import AMENDMENTS, AMENDMENTS_AS_CSV, OF_GRANT
from app.funding.grants.terms.schemas import TERMS
from app.funding.grants.terms.service import TermUnknown
from app.funding.grants.terms.sums import BudgetLinesDoNotSum, MilestoneTermsDoNotSum
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grants")

GrantId = Annotated[UUID, Path(description="The grant.")]
AmendmentId = Annotated[UUID, Path(description="The amendment.")]

WHY: Final = {"reason": "The partners need the summer to agree on a licence."}
UNSOUND: Final = (
    service.AwardCurrencyFixed,
    TermUnknown,
    MilestoneTermsDoNotSum,
    BudgetLinesDoNotSum,
)


@router.create(
    AMENDMENT,
    "/grants/{grant_id}/amendments",
    refuses=(GrantNotFound, *UNSOUND),
    example={**WHY, "terms": TERMS},
)
async def create_amendment(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: CreateAmendment
) -> Written[AmendmentOut]:
    """Draw up an amendment of a grant that was signed: all that is to be agreed instead.

    A milestone, criterion or budget line sent with its id stays the same one, without an id it is
    new; those left out are taken away. `differences` says what that changes.
    """
    return await service.create_amendment(db, actor, grant_id, body)


@router.get("/grants/{grant_id}/amendments", permission="grant.read")
async def list_grant_amendments(
    read: Reading, grant_id: GrantId, query: Annotated[GrantAmendmentQuery, Query()]
) -> WrittenList[AmendmentPage]:
    """The amendments of a grant, the oldest first."""
    return await AMENDMENTS.page(read, query, OF_GRANT, grant_id)


@router.get("/amendments", permission="grant.read")
async def list_amendments(
    read: Reading, query: Annotated[AmendmentQuery, Query()]
) -> WrittenList[AmendmentPage]:
    """The amendments of all grants that you may see."""
    return await AMENDMENTS.page(read, query)


@router.get("/amendments/{amendment_id}", permission="grant.read")
async def get_amendment(read: Reading, amendment_id: AmendmentId) -> Written[AmendmentOut]:
    """One amendment, with all that it proposes and how that differs from what is agreed."""
    return await AMENDMENTS.one(read, amendment_id)


@router.patch(
    "/amendments/{amendment_id}",
    permission="amendment.propose",
    refuses=(AmendmentNotFound, service.AmendmentFixed, *UNSOUND),
    if_match=True,
    example=WHY,
)
async def edit_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, body: EditAmendment, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Change a draft: why, or all that it proposes."""
    return await service.edit_amendment(db, actor, amendment_id, body, if_match=if_match)


@router.move(AMENDMENT, "submit")
async def submit_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Submit a draft to be decided. Milestones that were reported or decided stay as they were
    agreed (`milestones_settled`), and one amendment of a grant is decided after the other."""
    return await service.move_amendment(db, actor, amendment_id, "submit", if_match=if_match)


@router.move(AMENDMENT, "approve")
async def approve_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Approve what is proposed, and write it down as a document. One that is material waits for
    both signatures, another one to be applied."""
    return await service.approve_amendment(db, actor, amendment_id, if_match=if_match)


@router.move(AMENDMENT, "reject", example={"reason": "The programme ends in August."})
async def reject_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, body: WithReason, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Reject what is proposed: what is agreed stays."""
    return await service.move_amendment(
        db, actor, amendment_id, "reject", if_match=if_match, reason=body.reason
    )


@router.move(AMENDMENT, "withdraw", example={"reason": "The partners found another way."})
async def withdraw_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, body: WithReason, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Withdraw an amendment that is not in force."""
    return await service.move_amendment(
        db, actor, amendment_id, "withdraw", if_match=if_match, reason=body.reason
    )


@router.move(AMENDMENT, "apply")
async def apply_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Set an approved amendment in force that nobody signs, since it is not material. The terms
    have a new version."""
    return await service.move_amendment(db, actor, amendment_id, "apply", if_match=if_match)


@router.move(
    AMENDMENT,
    "sign",
    completed_by="the second of two signatures",
    refuses=(NotEnoughMoney,),
)
async def sign_amendment(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId, if_match: IfMatch
) -> Written[AmendmentOut]:
    """Sign the amendment, for the grantee or, with `grant.sign_as_convenor`, for the convenor.

    The signature of a second person, for the other side, sets it in force: the terms have a new
    version, and the ledger moves by the difference. Both sign the document with the hash
    `agreement_sha256`.
    """
    return await service.sign_amendment(db, actor, amendment_id, if_match=if_match)


@router.get("/amendments/{amendment_id}/actions", permission="grant.read")
async def explain_amendment_actions(
    db: Db, actor: CurrentActor, amendment_id: AmendmentId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_amendment_actions(db, actor, amendment_id)


history_of(
    router, "amendment", "/amendments/{amendment_id}", access.amendment, permission="grant.read"
)

export_of(router, "/amendments", AMENDMENTS_AS_CSV, AmendmentQuery, permission="grant.read")
