"""The contract of what was spent."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.funding.reports.access import BudgetLineNotFound, ReportNotFound
from app.funding.reports.expenditures import service
from app.funding.reports.expenditures.schemas import ReportExpenditureOut, SaveReportExpenditure
from app.funding.reports.expenditures.telling import EXPENDITURES
from app.funding.reports.service import ReportLocked
from app.funding.reports.telling import REPORTS
from app.kernel.written import Written
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading
from app.web.preconditions import IfMatch, IsNew
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Reports")

ReportId = Annotated[UUID, Path(description="The report.")]
LineId = Annotated[UUID, Path(description="The budget line, by the id it has in the terms.")]


@router.get(
    "/reports/{report_id}/expenditures/{line_id}",
    permission="report.read",
    refuses=(ReportNotFound, BudgetLineNotFound),
)
async def get_report_expenditure(
    read: Reading, report_id: ReportId, line_id: LineId
) -> Written[ReportExpenditureOut]:
    """A budget line, and what the report says was spent on it."""
    return await REPORTS.part(read, report_id, EXPENDITURES, line_id)


@router.put(
    "/reports/{report_id}/expenditures/{line_id}",
    permission="report.edit",
    refuses=(ReportNotFound, BudgetLineNotFound, ReportLocked),
    example={"amount_minor": 650000, "explanation": None},
)
async def save_report_expenditure(
    db: Db,
    actor: CurrentActor,
    report_id: ReportId,
    line_id: LineId,
    body: SaveReportExpenditure,
    if_match: IfMatch,
    is_new: IsNew,
) -> Written[ReportExpenditureOut]:
    """Save what was spent on one budget line in the period; saving it again replaces it.

    Answers a requested change of it. What is said first is sent with `If-None-Match: *`, anything
    later with the `etag` of what it replaces, so that nothing of a colleague's is overwritten.
    """
    return await service.save_report_expenditure(
        db, actor, report_id, line_id, body, if_match=if_match, is_new=is_new
    )
