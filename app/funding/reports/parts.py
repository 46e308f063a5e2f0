"""What is told of the parts of a report: its answers, and what was spent, line by line."""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Text, and_, case, cast, func, or_, select, true
from sqlalchemy.orm import aliased

from app.funding.grants.lifecycle import IN_FORCE, SETTLED
from app.funding.grants.models import (
    AcceptanceCriterion,
    BudgetLine,
    Grant,
    GrantVersion,
    Milestone,
    MilestoneTerms,
    is_current,
)
from app.funding.reports.access import BudgetLineNotFound, CriterionNotFound
from app.funding.reports.answers.schemas import ReportAnswerOut
from app.funding.reports.expenditures.schemas import ReportExpenditureOut
from app.funding.reports.lifecycle import BEING_WRITTEN, EDITABLE, ReportStatus
from app.funding.reports.models import ChangeRequest, Report, ReportAnswer, ReportExpenditure
from app.funding.reports.unlocking import PartKind
from app.funding.reports.variances import is_beyond_in_sql, per_cent_in_sql
from app.kernel.written import Present, verbatim
from app.people.reads.parts import Part

_asked: Any = aliased(ChangeRequest, name="asked")
_any: Any = aliased(ChangeRequest, name="any_asked")
_other: Any = aliased(Milestone, name="other")
_earlier: Any = aliased(Report, name="earlier")
_spent: Any = aliased(ReportExpenditure, name="spent")


def tagged(version: Any) -> ColumnElement[str]:
    """`versions.tag` in SQL."""
    return verbatim('"').concat(cast(version, Text)).concat(verbatim('"'))


def may_be_written(covers: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """`Unlocked.allows` in SQL, of the part that a change request is about where `covers` holds."""
    latest = (
        select(func.max(_any.round))
        .where(_any.report_id == Report.id)
        .correlate_except(_any)
        .scalar_subquery()
    )
    named = (
        select(_asked.id)
        .where(_asked.report_id == Report.id, _asked.round == latest, covers(_asked))
        .correlate_except(_asked)
        .exists()
    )
    is_editable = and_(Report.status.in_(EDITABLE), Grant.status.in_(IN_FORCE))
    return and_(is_editable, or_(latest.is_(None), named))


def _where_saved(saved: Any, column: Any) -> ColumnElement[Any]:
    """A column of what is saved of a part, which may lack."""
    return case((saved.id.is_not(None), column))


def _saved(saved: Any) -> dict[str, Any]:
    return {
        "etag": tagged(saved.version),
        "version": _where_saved(saved, saved.version),
        "updated_at": _where_saved(saved, saved.updated_at),
    }


_current_terms: Final = (
    select(MilestoneTerms.id)
    .join(GrantVersion, GrantVersion.id == MilestoneTerms.grant_version_id)
    .where(MilestoneTerms.milestone_id == Report.milestone_id, is_current())
    .correlate_except(MilestoneTerms, GrantVersion)
    .scalar_subquery()
)

ANSWERS: Final = Part(
    ReportAnswerOut,
    AcceptanceCriterion,
    key=AcceptanceCriterion.criterion_id,
    version=ReportAnswer.version,
    missing=CriterionNotFound,
    where=[AcceptanceCriterion.milestone_terms_id == _current_terms],
    order=[AcceptanceCriterion.position],
    beside=[
        (
            ReportAnswer,
            and_(
                ReportAnswer.report_id == Report.id,
                ReportAnswer.criterion_id == AcceptanceCriterion.criterion_id,
            ),
        )
    ],
    told={
        **_saved(ReportAnswer),
        "answer": _where_saved(ReportAnswer, ReportAnswer.answer),
        "is_met": _where_saved(ReportAnswer, ReportAnswer.is_met),
        "is_unlocked": may_be_written(
            lambda asked: and_(
                asked.part == PartKind.CRITERION,
                asked.criterion_id == AcceptanceCriterion.criterion_id,
            )
        ),
    },
)

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
        **_saved(ReportExpenditure),
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
