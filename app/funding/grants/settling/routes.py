"""The contract of settling grants."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.funding.grants import service as grants
from app.funding.grants.access import GrantNotFound
from app.funding.grants.lifecycle import GRANT
from app.funding.grants.schemas import GrantOut
from app.funding.grants.settling import service
from app.funding.grants.settling.schemas import ContinueGrant, SettledGrantsOut, SettleGrants
from app.kernel.errors import BatchRefused
from app.kernel.schemas import PreviewOut
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Grants")

GrantId = Annotated[UUID, Path(description="The grant.")]

SOME_ID = "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"
GOES_ON = {
    "reason": "The partners finish the map without the cohort.",
    "until_on": "2027-03-31",
    "reviewer_id": SOME_ID,
}


@router.move(
    GRANT,
    "continue",
    refuses=(GrantNotFound, service.ContinuationIsOver, service.ReviewerMayNot),
    example=GOES_ON,
)
async def continue_grant(
    db: Db, actor: CurrentActor, grant_id: GrantId, body: ContinueGrant, if_match: IfMatch
) -> Written[GrantOut]:
    """Let a grant go on though its membership, its cohort or its collaboration has ended: until a
    day, reviewed by a named person. From then on it is held no more; after that day it is again."""
    return await service.continue_grant(db, actor, grant_id, body, if_match=if_match)


@router.post(
    "/grants/settle",
    permission="grant.continue",
    moves=tuple(
        one
        for name in ("continue", "begin_closing", "terminate", "cancel")
        for one in told(GRANT, name)
    ),
    refuses=(BatchRefused,),
    example={"items": [{"grant_id": SOME_ID, "version": 4, "answer": "continue", **GOES_ON}]},
)
async def settle_grants(
    db: Db, actor: CurrentActor, body: SettleGrants
) -> WrittenList[SettledGrantsOut]:
    """Continue, close or end up to a hundred grants together, each as its own endpoint does:
    `continue`, `begin_closing`, `terminate` (which takes two persons) or `cancel`. All of it is
    done, or none and there is a pointer for each fault."""
    return await service.settle_grants(db, actor, body)


@router.preview(GRANT, "begin_closing", refuses=(GrantNotFound,))
async def preview_begin_closing_grant(db: Db, actor: CurrentActor, grant_id: GrantId) -> PreviewOut:
    """What would follow if the grant began to close now."""
    return await grants.preview_grant_move(db, actor, grant_id, "begin_closing")


@router.preview(GRANT, "terminate", refuses=(GrantNotFound,))
async def preview_terminate_grant(db: Db, actor: CurrentActor, grant_id: GrantId) -> PreviewOut:
    """What would follow if the grant were terminated now."""
    return await grants.preview_grant_move(db, actor, grant_id, "terminate")


@router.preview(GRANT, "cancel", refuses=(GrantNotFound,))
async def preview_cancel_grant(db: Db, actor: CurrentActor, grant_id: GrantId) -> PreviewOut:
    """What would follow if the grant were cancelled now."""
    return await grants.preview_grant_move(db, actor, grant_id, "cancel")
