"""The contract of reviews."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.funding.grants.access import MilestoneNotFound
from app.funding.grants.lifecycle import MILESTONE
from app.funding.grants.milestones.schemas import MilestoneOut
from app.funding.reports.access import ReportNotFound
from app.funding.reports.lifecycle import REPORT
from app.funding.reports.reviews import service
from app.funding.reports.reviews.schemas import AcceptMilestonePart, RequestReportChanges
from app.funding.reports.reviews.service import PartNotLess, PartUnknown
from app.funding.reports.schemas import ReportOut
from app.funding.reports.service import MilestoneAlreadyReported
from app.kernel.schemas import WithReason
from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.web.moves import told, told_new
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Reports")

MilestoneId = Annotated[UUID, Path(description="The milestone.")]
ReportId = Annotated[UUID, Path(description="The report.")]

WHY = {"reason": "A partner has since withdrawn its consent."}


@router.move(REPORT, "start_review", refuses=(ReportNotFound,))
async def start_review_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[ReportOut]:
    """Take the report on as its reviewer; it cannot be recalled from then on."""
    return await service.start_review_report(db, actor, report_id, if_match=if_match)


@router.move(
    REPORT,
    "request_changes",
    refuses=(ReportNotFound, PartUnknown),
    example={
        "requests": [
            {
                "criterion_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91",
                "request": "The agreement lacks the annex.",
            }
        ]
    },
)
async def request_changes_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: RequestReportChanges, if_match: IfMatch
) -> Written[ReportOut]:
    """Hand the report back for changes. Only what is named is unlocked; all must be answered."""
    return await service.request_changes_report(db, actor, report_id, body, if_match=if_match)


@router.move(REPORT, "accept", refuses=(ReportNotFound,))
async def accept_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[ReportOut]:
    """Accept the version that was submitted, and the milestone with it.

    Whoever accepts is not of the grantee. `If-Match` binds the decision to what was read.
    """
    return await service.accept_report(db, actor, report_id, if_match=if_match)


@router.move(REPORT, "reject", refuses=(ReportNotFound,), example=WHY)
async def reject_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: WithReason, if_match: IfMatch
) -> Written[ReportOut]:
    """Reject the version that was submitted, and the milestone with it."""
    return await service.reject_report(db, actor, report_id, reason=body.reason, if_match=if_match)


@router.move(REPORT, "excuse", refuses=(ReportNotFound,), example=WHY)
async def excuse_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: WithReason, if_match: IfMatch
) -> Written[ReportOut]:
    """Do without a report that was begun: it and its milestone show as excused, not missing."""
    return await service.excuse_report(db, actor, report_id, reason=body.reason, if_match=if_match)


@router.move(
    MILESTONE,
    "excuse",
    also=told_new(REPORT, "excuse"),
    refuses=(MilestoneNotFound, MilestoneAlreadyReported),
    example=WHY,
)
async def excuse_milestone(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: WithReason, if_match: IfMatch
) -> Written[MilestoneOut]:
    """Do without a report that nobody has begun: it shows as excused, not as missing."""
    return await service.excuse_milestone(
        db, actor, milestone_id, reason=body.reason, if_match=if_match
    )


@router.move(
    REPORT,
    "reopen",
    completed_by="the second of two persons where it was rejected",
    also=told(MILESTONE, "reopen"),
    refuses=(ReportNotFound,),
    example=WHY,
)
async def reopen_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: WithReason, if_match: IfMatch
) -> Written[ReportOut]:
    """Take a decision back; the milestone waits for one again. What was rejected is reopened by
    two persons, neither of the grantee."""
    return await service.reopen_report(db, actor, report_id, reason=body.reason, if_match=if_match)


@router.move(
    MILESTONE,
    "accept_partially",
    completed_by="the second of two persons",
    also=told(REPORT, "accept_partially"),
    refuses=(MilestoneNotFound, PartNotLess),
    example={"accepted_amount_minor": 600000, "reason": "One of two workshops was held."},
)
async def accept_partially_milestone(
    db: Db,
    actor: CurrentActor,
    milestone_id: MilestoneId,
    body: AcceptMilestonePart,
    if_match: IfMatch,
) -> Written[MilestoneOut]:
    """Accept less than the milestone's amount, and the report with it.

    It takes two persons who name the same amount, one of them with `milestone.approve_part`;
    neither is of the grantee. `If-Match` is the ETag of the milestone.
    """
    return await service.accept_partially_milestone(
        db, actor, milestone_id, body, if_match=if_match
    )
