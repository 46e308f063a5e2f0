"""Saying what was spent, one budget line at a time."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.reports import access
from app.funding.reports.expenditures.queries import Spending, spending
from app.funding.reports.expenditures.schemas import ReportExpenditureOut, SaveReportExpenditure
from app.funding.reports.expenditures.telling import EXPENDITURES
from app.funding.reports.models import Report, ReportExpenditure
from app.funding.reports.service import part_saved, refuse_locked
from app.funding.reports.telling import REPORTS
from app.funding.reports.unlocking import Part, PartKind
from app.kernel import activity, versions
from app.kernel.written import Written
from app.people.identity.actors import Actor


async def save_report_expenditure(
    db: AsyncSession,
    actor: Actor,
    report_id: UUID,
    line_id: UUID,
    body: SaveReportExpenditure,
    *,
    if_match: int | None,
    is_new: bool,
) -> Written[ReportExpenditureOut]:
    """Save what was spent on a budget line, and take what was asked about it for answered.

    Raises BudgetLineNotFound (404), ReportLocked (409) where it cannot be written now, and
    PreconditionRequired (428) and PreconditionFailed (412) unless it is there as it was read, or
    not there, if `is_new`.
    """
    report = await access.whole_report.allowing(db, actor, report_id, "report.edit", lock=True)
    said = (await _line(db, report, line_id)).said
    versions.expect_part(said, if_match, is_new=is_new)
    part = Part(PartKind.BUDGET_LINE, line_id)
    refuse_locked(report, part)
    _save(actor, report, line_id, said, body)
    await part_saved(db, actor, report, part)
    detail = {"line_id": str(line_id), "amount_minor": body.amount_minor}
    activity.record(db, actor, "report.expenditure_saved", report, detail=detail)
    return await REPORTS.part_told_to(db, actor, report.id, EXPENDITURES, line_id)


def _save(
    actor: Actor,
    report: Report,
    line_id: UUID,
    said: ReportExpenditure | None,
    body: SaveReportExpenditure,
) -> None:
    assert actor.person_id is not None
    if said is None:
        said = ReportExpenditure(line_id=line_id)
        report.expenditures.append(said)
    said.amount_minor, said.explanation = body.amount_minor, body.explanation
    said.written_by_id = actor.person_id


async def _line(db: AsyncSession, report: Report, line_id: UUID) -> Spending:
    for one in await spending(db, report):
        if one.line.line_id == line_id:
            return one
    raise access.BudgetLineNotFound
