"""The contract of reports."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.grants.access import MilestoneNotFound
from app.funding.reports import service
from app.funding.reports.access import ReportNotFound, ReportVersionNotFound
from app.funding.reports.lifecycle import REPORT
from app.funding.reports.schemas import (
    CreateReport,
    EditReport,
    MilestoneReportQuery,
    ReportChangesOut,
    ReportOut,
    ReportPage,
    ReportQuery,
    ReportVersionOut,
)
from app.funding.reports.service import (
    MilestoneAlreadyReported,
    PeriodOutOfOrder,
    ReportInUse,
    ReportLocked,
)
from app.funding.reports.telling import OF_MILESTONE, REPORTS, REPORTS_AS_CSV
from app.kernel.activity import ActivityPage, HistoryQuery
from app.kernel.schemas import ActionsOut, WithReason
from app.kernel.written import Written, WrittenList
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of
from app.people.reads.histories import read_history
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Reports")

MilestoneId = Annotated[UUID, Path(description="The milestone.")]
ReportId = Annotated[UUID, Path(description="The report.")]
VersionNumber = Annotated[int, Path(ge=1, le=1_000, description="1 for what was submitted first.")]

PERIOD = {"period_starts_on": "2026-03-01", "period_ends_on": "2026-05-31"}
WHY = {"reason": "The annex still has the figures of last year."}


@router.create(
    REPORT,
    "/milestones/{milestone_id}/reports",
    refuses=(MilestoneNotFound, MilestoneAlreadyReported, PeriodOutOfOrder),
    example=PERIOD,
)
async def create_report(
    db: Db, actor: CurrentActor, milestone_id: MilestoneId, body: CreateReport
) -> Written[ReportOut]:
    """Begin the report on a milestone. It can be filled in bit by bit, each answer by itself."""
    return await service.create_report(db, actor, milestone_id, body)


@router.get(
    "/milestones/{milestone_id}/reports",
    permission="report.read",
    refuses=(MilestoneNotFound,),
)
async def list_milestone_reports(
    read: Reading,
    milestone_id: MilestoneId,
    query: Annotated[MilestoneReportQuery, Query()],
) -> WrittenList[ReportPage]:
    """The reports on a milestone: the present one, and those that were given up."""
    return await REPORTS.page(read, query, OF_MILESTONE, milestone_id)


@router.get(
    "/reports",
    permission="report.read",
)
async def list_reports(
    read: Reading, query: Annotated[ReportQuery, Query()]
) -> WrittenList[ReportPage]:
    """The reports that you may see, the latest first."""
    return await REPORTS.page(read, query)


@router.get(
    "/reports/{report_id}",
    permission="report.read",
    refuses=(ReportNotFound,),
)
async def get_report(read: Reading, report_id: ReportId) -> Written[ReportOut]:
    """One report: each criterion with its answer, the evidence, what was asked to be changed."""
    return await REPORTS.one(read, report_id)


@router.patch(
    "/reports/{report_id}",
    permission="report.edit",
    refuses=(ReportNotFound, ReportLocked, PeriodOutOfOrder),
    if_match=True,
    example={"narrative": "The partners met twice and agreed on the terms."},
)
async def edit_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: EditReport, if_match: IfMatch
) -> Written[ReportOut]:
    """Change the period, the narrative or the public summary, while they are unlocked."""
    return await service.edit_report(db, actor, report_id, body, if_match=if_match)


@router.delete(
    "/reports/{report_id}",
    permission="report.edit",
    refuses=(ReportNotFound, ReportInUse),
    if_match=True,
    status=204,
)
async def delete_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> None:
    """Delete a draft that was never submitted and shows no files, with all that is said in it."""
    await service.delete_report(db, actor, report_id, if_match=if_match)


@router.move(REPORT, "request_certification", refuses=(ReportNotFound,))
async def request_certification_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[ReportOut]:
    """Mark a report as ready for certification: somebody who did not prepare it certifies and
    submits it."""
    return await service.request_certification_report(db, actor, report_id, if_match=if_match)


@router.move(REPORT, "decline_certification", refuses=(ReportNotFound,), example=WHY)
async def decline_certification_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: WithReason, if_match: IfMatch
) -> Written[ReportOut]:
    """Hand the report back to those who prepared it, and say why."""
    return await service.decline_certification_report(
        db, actor, report_id, reason=body.reason, if_match=if_match
    )


@router.move(REPORT, "submit", refuses=(ReportNotFound,))
async def submit_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[ReportOut]:
    """Submit the report. This version is kept with its hash and never changes.

    Every criterion must be answered, evidence shown where it is required, and each requested
    change answered. Where the milestone asks for certification, whoever submits certifies.
    """
    return await service.submit_report(db, actor, report_id, if_match=if_match)


@router.move(REPORT, "recall", refuses=(ReportNotFound,))
async def recall_report(
    db: Db, actor: CurrentActor, report_id: ReportId, if_match: IfMatch
) -> Written[ReportOut]:
    """Take the report back before its review begins."""
    return await service.recall_report(db, actor, report_id, if_match=if_match)


@router.move(REPORT, "withdraw", refuses=(ReportNotFound,), example=WHY)
async def withdraw_report(
    db: Db, actor: CurrentActor, report_id: ReportId, body: WithReason, if_match: IfMatch
) -> Written[ReportOut]:
    """Give the report up; the milestone waits for another."""
    return await service.withdraw_report(
        db, actor, report_id, reason=body.reason, if_match=if_match
    )


@router.get(
    "/reports/{report_id}/versions/{number}",
    permission="report.read",
    refuses=(ReportNotFound, ReportVersionNotFound),
)
async def get_report_version(
    db: Db, actor: CurrentActor, report_id: ReportId, number: VersionNumber
) -> ReportVersionOut:
    """The report as it was submitted the first, second or later time, with its hash."""
    return await service.get_report_version(db, actor, report_id, number)


@router.get(
    "/reports/{report_id}/versions/{number}/changes",
    permission="report.read",
    refuses=(ReportNotFound, ReportVersionNotFound),
)
async def get_report_changes(
    db: Db, actor: CurrentActor, report_id: ReportId, number: VersionNumber
) -> ReportChangesOut:
    """What changed from the version before to this one; the first has none before it."""
    return await service.get_report_changes(db, actor, report_id, number)


@router.get(
    "/reports/{report_id}/actions",
    permission="report.read",
    refuses=(ReportNotFound,),
)
async def explain_report_actions(db: Db, actor: CurrentActor, report_id: ReportId) -> ActionsOut:
    """Each move that leads on from the present status, and what stands in its way."""
    return await service.explain_report_actions(db, actor, report_id)


@router.get(
    "/reports/{report_id}/history",
    permission="report.read",
    refuses=(ReportNotFound,),
)
async def get_report_history(
    read: Reading, report_id: ReportId, query: Annotated[HistoryQuery, Query()]
) -> WrittenList[ActivityPage]:
    """What was done to the report, oldest first."""
    return await read_history(REPORTS, read, report_id, query)


export_of(router, "/reports", REPORTS_AS_CSV, ReportQuery, permission="report.read")
