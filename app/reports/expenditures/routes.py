"""The contract of what was spent."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from app.identity.deps import CurrentActor
from app.kernel.errors import PreconditionFailed
from app.kernel.preconditions import IfMatch
from app.kernel.routing import Router
from app.kernel.transaction import Db
from app.reports.access import ReportNotFound
from app.reports.expenditures import service
from app.reports.expenditures.schemas import ReportExpenditureOut, SaveReportExpenditure
from app.reports.expenditures.service import BudgetLineNotFound
from app.reports.service import ReportLocked

router = Router("Reports")

ReportId = Annotated[UUID, Path(description="The report.")]
LineId = Annotated[UUID, Path(description="The budget line, by the id it has in the terms.")]


@router.get(
    "/reports/{report_id}/expenditures/{line_id}",
    permission="report.read",
    refuses=(ReportNotFound, BudgetLineNotFound),
)
async def get_report_expenditure(
    db: Db, actor: CurrentActor, report_id: ReportId, line_id: LineId
) -> ReportExpenditureOut:
    """A budget line, and what the report says was spent on it."""
    return await service.get_report_expenditure(db, actor, report_id, line_id)


@router.put(
    "/reports/{report_id}/expenditures/{line_id}",
    permission="report.edit",
    refuses=(ReportNotFound, BudgetLineNotFound, ReportLocked, PreconditionFailed),
    example={"amount_minor": 650000, "explanation": None},
)
async def save_report_expenditure(
    db: Db,
    actor: CurrentActor,
    report_id: ReportId,
    line_id: LineId,
    body: SaveReportExpenditure,
    if_match: IfMatch,
) -> ReportExpenditureOut:
    """Save what was spent on one budget line in the period; saving it again replaces it.

    Answers a requested change of it. With `If-Match`, what somebody else has saved since is not
    overwritten.
    """
    return await service.save_report_expenditure(
        db, actor, report_id, line_id, body, if_match=if_match
    )
