"""Requests for leave over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships.schemas import PauseMembership
from app.network.cohorts.pauses import service
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.network.cohorts.pauses.schemas import (
    PauseRequestFilters,
    PauseRequestOut,
    PauseRequestPage,
    PauseRequestQuery,
)
from app.network.cohorts.pauses.telling import OF_MEMBERSHIP, PAUSE_REQUESTS, PAUSE_REQUESTS_AS_CSV
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.moves import told
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Memberships")

MembershipId = Annotated[UUID, Path(description="The membership.")]
PauseRequestId = Annotated[UUID, Path(description="The request for leave.")]


@router.create(
    PAUSE_REQUEST,
    "/memberships/{membership_id}/pause-requests",
    refuses=(service.PauseAlreadyAsked,),
    example={"reason": "Our data steward is on leave.", "returns_on": "2026-06-01"},
)
async def create_pause_request(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: PauseMembership
) -> Written[PauseRequestOut]:
    """Ask for leave of absence until a day. It begins when those who run the cohort agree."""
    return await service.create_pause_request(db, actor, membership_id, body)


@router.get("/pause-requests", permission="membership.read")
async def list_pause_requests(
    read: Reading, query: Annotated[PauseRequestQuery, Query()]
) -> WrittenList[PauseRequestPage]:
    """The requests for leave of absence of the members that you may see."""
    return await PAUSE_REQUESTS.page(read, query)


@router.get("/memberships/{membership_id}/pause-requests", permission="membership.read")
async def list_membership_pause_requests(
    read: Reading,
    membership_id: MembershipId,
    query: Annotated[PauseRequestFilters, Query()],
) -> WrittenList[PauseRequestPage]:
    """What leave of absence a member has asked for, and what became of it."""
    return await PAUSE_REQUESTS.page(read, query, OF_MEMBERSHIP, membership_id)


@router.get("/pause-requests/{pause_request_id}", permission="membership.read")
async def get_pause_request(
    read: Reading, pause_request_id: PauseRequestId
) -> Written[PauseRequestOut]:
    """The request as it stands."""
    return await PAUSE_REQUESTS.one(read, pause_request_id)


@router.move(PAUSE_REQUEST, "agree", also=told(MEMBERSHIP, "pause"))
async def agree_pause_request(
    db: Db, actor: CurrentActor, pause_request_id: PauseRequestId, if_match: IfMatch
) -> Written[PauseRequestOut]:
    """Agree to a pause request: the leave of absence begins now, and the member keeps its place."""
    return await service.agree_pause_request(db, actor, pause_request_id, if_match=if_match)


@router.move(PAUSE_REQUEST, "decline", example={"reason": "The cohort ends before that day."})
async def decline_pause_request(
    db: Db,
    actor: CurrentActor,
    pause_request_id: PauseRequestId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[PauseRequestOut]:
    """Decline a pause request, with the reason."""
    return await service.decline_pause_request(
        db, actor, pause_request_id, body.reason, if_match=if_match
    )


@router.move(PAUSE_REQUEST, "withdraw")
async def withdraw_pause_request(
    db: Db, actor: CurrentActor, pause_request_id: PauseRequestId, if_match: IfMatch
) -> Written[PauseRequestOut]:
    """Withdraw a pause request."""
    return await service.withdraw_pause_request(db, actor, pause_request_id, if_match=if_match)


@router.get("/pause-requests/{pause_request_id}/actions", permission="membership.read")
async def explain_pause_request_actions(
    db: Db, actor: CurrentActor, pause_request_id: PauseRequestId
) -> ActionsOut:
    """Every move of the request now, with what stands in its way."""
    return await service.explain_pause_request_actions(db, actor, pause_request_id)


@router.get("/pause-requests/{pause_request_id}/history", permission="membership.read")
async def get_pause_request_history(
    read: Reading,
    pause_request_id: PauseRequestId,
    query: Annotated[HistoryQuery, Query()],
) -> WrittenList[ActivityPage]:
    """What was done to the request, oldest first."""
    return await read_history(PAUSE_REQUESTS, read, pause_request_id, query)


export_of(
    router,
    "/pause-requests",
    PAUSE_REQUESTS_AS_CSV,
    PauseRequestQuery,
    permission="membership.read",
)
