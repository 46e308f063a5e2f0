"""The contract of results of indicators."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.network.indicators.access import IndicatorUnknown
from app.network.indicators.results import service
from app.network.indicators.results.lifecycle import INDICATOR_RESULT
from app.network.indicators.results.schemas import (
    CreateIndicatorResult,
    EditIndicatorResult,
    IndicatorResultOut,
    IndicatorResultPage,
    IndicatorResultQuery,
    IndicatorResultsOfOneQuery,
)
from app.network.indicators.results.telling import (
    INDICATOR_RESULTS,
    INDICATOR_RESULTS_AS_CSV,
    OF_MEMBERSHIP,
)
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Indicators")

MembershipId = Annotated[UUID, Path(description="The member.")]
IndicatorResultId = Annotated[UUID, Path(description="The result.")]
READ = "indicator_result.read"


@router.create(
    INDICATOR_RESULT,
    "/memberships/{membership_id}/indicator-results",
    refuses=(
        IndicatorUnknown,
        service.IndicatorResultUnfit,
        service.IndicatorPeriodReversed,
        service.ImpactOfOthers,
        service.CorrectionUnfit,
        FileNotFound,
        FileAlreadyAttached,
        CollaborationStorageFull,
    ),
    example={
        "indicator_id": "0198c2a4-0000-7000-8000-000000000000",
        "period_start_on": "2026-01-01",
        "period_end_on": "2026-06-30",
        "things": ["https://data.example.org/loading-bays"],
        "evidence": "The portal lists it under an open licence.",
    },
)
async def create_indicator_result(
    db: Db, actor: CurrentActor, membership_id: MembershipId, body: CreateIndicatorResult
) -> Written[IndicatorResultOut]:
    """Begin to report what came of the member's work in a period. It counts once it was submitted
    and somebody independent accepted it. Of an indicator that counts people, what is about one to
    four of them is not taken: report a longer period, or a wider group."""
    return await service.create_indicator_result(db, actor, membership_id, body)


@router.get("/memberships/{membership_id}/indicator-results", permission=READ)
async def list_membership_indicator_results(
    read: Reading,
    membership_id: MembershipId,
    query: Annotated[IndicatorResultsOfOneQuery, Query()],
) -> WrittenList[IndicatorResultPage]:
    """What the member has reported, the earliest period first."""
    return await INDICATOR_RESULTS.page(read, query, OF_MEMBERSHIP, membership_id)


@router.get("/indicator-results", permission=READ)
async def list_indicator_results(
    read: Reading, query: Annotated[IndicatorResultQuery, Query()]
) -> WrittenList[IndicatorResultPage]:
    """What the members that you may see have reported, the earliest period first."""
    return await INDICATOR_RESULTS.page(read, query)


export_of(
    router, "/indicator-results", INDICATOR_RESULTS_AS_CSV, IndicatorResultQuery, permission=READ
)


@router.get("/indicator-results/{indicator_result_id}", permission=READ)
async def get_indicator_result(
    read: Reading, indicator_result_id: IndicatorResultId
) -> Written[IndicatorResultOut]:
    """One result."""
    return await INDICATOR_RESULTS.one(read, indicator_result_id)


@router.patch(
    "/indicator-results/{indicator_result_id}",
    permission="indicator_result.report",
    if_match=True,
    refuses=(
        service.IndicatorResultFixed,
        service.IndicatorResultCounted,
        service.IndicatorResultUnfit,
        service.IndicatorPeriodReversed,
        service.ImpactOfOthers,
    ),
    example={"narrative": "The council published it after the second session."},
)
async def edit_indicator_result(
    db: Db,
    actor: CurrentActor,
    indicator_result_id: IndicatorResultId,
    body: EditIndicatorResult,
    if_match: IfMatch,
) -> Written[IndicatorResultOut]:
    """Change what the body names and nothing else, while it is a draft or was returned; `null`
    clears. Of one that was accepted before, what it counted as stands: withdraw it, and report
    anew."""
    return await service.edit_indicator_result(
        db, actor, indicator_result_id, body, if_match=if_match
    )


@router.move(INDICATOR_RESULT, "submit")
async def submit_indicator_result(
    db: Db, actor: CurrentActor, indicator_result_id: IndicatorResultId, if_match: IfMatch
) -> Written[IndicatorResultOut]:
    """Hand it in to be reviewed, once its period is over (`period_not_over`). Nothing that was
    accepted may say the same of these days (`period_reported`), but what it corrects."""
    return await service.submit_indicator_result(db, actor, indicator_result_id, if_match=if_match)


@router.move(
    INDICATOR_RESULT, "return", example={"reason": "The portal does not list the second one."}
)
async def return_indicator_result(
    db: Db,
    actor: CurrentActor,
    indicator_result_id: IndicatorResultId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[IndicatorResultOut]:
    """Ask the member to change it, and say what."""
    return await service.return_indicator_result(
        db, actor, indicator_result_id, if_match=if_match, reason=body.reason
    )


@router.move(INDICATOR_RESULT, "accept")
async def accept_indicator_result(
    db: Db, actor: CurrentActor, indicator_result_id: IndicatorResultId, if_match: IfMatch
) -> Written[IndicatorResultOut]:
    """Let it count. What it corrects is `superseded` with it, and counts no more from now on; what
    was told as of a day before stays as it was told."""
    return await service.accept_indicator_result(db, actor, indicator_result_id, if_match=if_match)


@router.move(
    INDICATOR_RESULT, "reopen", example={"reason": "It was accepted with the wrong period."}
)
async def reopen_indicator_result(
    db: Db,
    actor: CurrentActor,
    indicator_result_id: IndicatorResultId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[IndicatorResultOut]:
    """Take its acceptance back: it counts no more, and is decided anew."""
    return await service.take_back_indicator_result(
        db, actor, indicator_result_id, "reopen", if_match=if_match, reason=body.reason
    )


@router.move(INDICATOR_RESULT, "withdraw", example={"reason": "It was reported twice."})
async def withdraw_indicator_result(
    db: Db,
    actor: CurrentActor,
    indicator_result_id: IndicatorResultId,
    body: WithReason,
    if_match: IfMatch,
) -> Written[IndicatorResultOut]:
    """Take back what was reported; nobody decides about it."""
    return await service.take_back_indicator_result(
        db, actor, indicator_result_id, "withdraw", if_match=if_match, reason=body.reason
    )


@router.get("/indicator-results/{indicator_result_id}/actions", permission=READ)
async def explain_indicator_result_actions(
    db: Db, actor: CurrentActor, indicator_result_id: IndicatorResultId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_indicator_result_actions(db, actor, indicator_result_id)


history_of(
    router,
    "indicator_result",
    "/indicator-results/{indicator_result_id}",
    INDICATOR_RESULTS,
    permission=READ,
)
