"""Budget against actual: each line with what earlier reports and this one say was spent on it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import SETTLED
from app.funding.grants.models import BudgetLine, Milestone
from app.funding.reports.lifecycle import BEING_WRITTEN, ReportStatus
from app.funding.reports.models import Report, ReportExpenditure
from app.funding.reports.variances import Tolerance, is_beyond


@dataclass(frozen=True)
class Spending:
    """A budget line of a report: what was meant, what was spent before it, and what it says."""

    line: BudgetLine
    before_minor: int
    said: ReportExpenditure | None
    tolerance: Tolerance
    is_last: bool
    """No other milestone is left to be reported: what was not spent counts too."""

    @property
    def cumulative_minor(self) -> int:
        """What was spent in all, in minor units."""
        return self.before_minor + (self.said.amount_minor if self.said else 0)

    @property
    def needs_explanation(self) -> bool:
        """Whether what the report says of this line differs by more than may stay unexplained."""
        budget, spent = self.line.amount_minor, self.cumulative_minor
        counts = self.said is not None and (spent > budget or self.is_last)
        return counts and is_beyond(self.tolerance, budget, spent)

    @property
    def is_explained(self) -> bool:
        """Whether a variance that needs an explanation has one."""
        explanation = self.said.explanation if self.said else None
        return not self.needs_explanation or explanation is not None


async def spending(db: AsyncSession, report: Report) -> list[Spending]:
    """Each budget line of a report that was obtained whole, in order."""
    version = report.milestone.terms.grant_version
    if not version.budget_lines:
        return []
    before, is_last = await _before(db, report), await _is_last(db, report)
    said = {one.line_id: one for one in report.expenditures}
    return [
        Spending(
            line=line,
            before_minor=before.get(line.line_id, 0),
            said=said.get(line.line_id),
            tolerance=Tolerance(version.tolerance_per_cent, version.tolerance_minor),
            is_last=is_last,
        )
        for line in version.budget_lines
    ]


async def _before(db: AsyncSession, report: Report) -> dict[UUID, int]:
    """What was spent by line, in minor units, by the reports on the grant that were accepted
    until now, or until this one was submitted."""
    spent = (
        select(ReportExpenditure.line_id, func.sum(ReportExpenditure.amount_minor).label("minor"))
        .join(Report, Report.id == ReportExpenditure.report_id)
        .where(
            Report.grant_id == report.grant_id,
            Report.id != report.id,
            Report.status == ReportStatus.ACCEPTED,
        )
        .group_by(ReportExpenditure.line_id)
    )
    if report.status not in BEING_WRITTEN and report.submitted_at is not None:
        spent = spent.where(Report.decided_at <= report.submitted_at)
    return {row.line_id: int(row.minor) for row in await db.execute(spent)}


async def _is_last(db: AsyncSession, report: Report) -> bool:
    another = exists().where(
        Milestone.grant_id == report.grant_id,
        Milestone.id != report.milestone_id,
        Milestone.status.not_in(SETTLED),
    )
    return not await db.scalar(another.select())
