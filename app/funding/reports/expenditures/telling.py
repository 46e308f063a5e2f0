"""What is told of what was spent, line by line of the budget."""

from typing import Any, Final

from sqlalchemy import BigInteger, and_, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from app.funding.grants.lifecycle import SETTLED
from app.funding.grants.models import BudgetLine, GrantVersion, Milestone, is_current
from app.funding.reports.access import BudgetLineNotFound
from app.funding.reports.expenditures.schemas import ReportExpenditureOut
from app.funding.reports.lifecycle import BEING_WRITTEN, ReportStatus
from app.funding.reports.models import Report, ReportExpenditure
from app.funding.reports.queries import may_be_written
from app.funding.reports.unlocking import PartKind
from app.funding.reports.variances import is_beyond_in_sql, per_cent_in_sql
from app.kernel.written import Present
from app.people.reads.parts import Part, saved

_other: Any = aliased(Milestone, name="other")
_earlier: Any = aliased(Report, name="earlier")
_spent: Any = aliased(ReportExpenditure, name="spent")

_before: Final = (
    select(cast(func.coalesce(func.sum(_spent.amount_minor), 0), BigInteger).label("minor"))
    .select_from(_spent)
    .join(_earlier, _earlier.id == _spent.report_id)
    .where(
        _spent.line_id == BudgetLine.line_id,
        _earlier.grant_id == Report.grant_id,
        _earlier.id != Report.id,
        _earlier.status == ReportStatus.ACCEPTED,
        or_(
            Report.status.in_(BEING_WRITTEN),
            Report.submitted_at.is_(None),
            _earlier.decided_at <= Report.submitted_at,
        ),
    )
    .correlate_except(_spent, _earlier)
    .lateral("before")
)
"""What was spent on a line by the reports that were accepted until now, or until this one was
submitted."""

_is_last: Final = ~(
    select(_other.id)
    .where(
        _other.grant_id == Report.grant_id,
        _other.id != Report.milestone_id,
        _other.status.not_in(SETTLED),
    )
    .correlate_except(_other)
    .exists()
)
_is_said: Final = ReportExpenditure.id.is_not(None)
_budget: Final = BudgetLine.amount_minor
_cumulative: Final = _before.c.minor + func.coalesce(ReportExpenditure.amount_minor, 0)
_currency: Final = GrantVersion.currency


def _money(amount_minor: Any) -> dict[str, Any]:
    return {"amount_minor": amount_minor, "currency": _currency}


EXPENDITURES: Final = Part(
    ReportExpenditureOut,
    BudgetLine,
    key=BudgetLine.line_id,
    version=ReportExpenditure.version,
    missing=BudgetLineNotFound,
    where=[GrantVersion.grant_id == Report.grant_id, is_current()],
    order=[BudgetLine.position],
    beside=[
        (GrantVersion, GrantVersion.id == BudgetLine.grant_version_id),
        (
            ReportExpenditure,
            and_(
                ReportExpenditure.report_id == Report.id,
                ReportExpenditure.line_id == BudgetLine.line_id,
            ),
        ),
        (_before, true()),
    ],
    told={
        **saved(ReportExpenditure),
        "budget": _money(_budget),
        "actual": Present(_is_said, _money(ReportExpenditure.amount_minor)),
        "cumulative": _money(_cumulative),
        "variance": _money(_cumulative - _budget),
        "variance_per_cent": per_cent_in_sql(_budget, _cumulative),
        "needs_explanation": and_(
            _is_said,
            or_(_cumulative > _budget, _is_last),
            is_beyond_in_sql(
                (GrantVersion.tolerance_per_cent, GrantVersion.tolerance_minor),
                _budget,
                _cumulative,
            ),
        ),
        "explanation": ReportExpenditure.explanation,
        "is_unlocked": may_be_written(
            lambda asked: or_(
                asked.part == PartKind.BUDGET,
                and_(asked.part == PartKind.BUDGET_LINE, asked.line_id == BudgetLine.line_id),
            )
        ),
    },
)
