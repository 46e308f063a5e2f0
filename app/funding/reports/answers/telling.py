"""What is told of the answers of a report, one for each criterion of its milestone."""

from typing import Final

from sqlalchemy import and_, select

from app.funding.grants.models import (
    AcceptanceCriterion,
    GrantVersion,
    MilestoneTerms,
    is_current,
)
from app.funding.reports.access import CriterionNotFound
from app.funding.reports.answers.schemas import ReportAnswerOut
from app.funding.reports.models import Report, ReportAnswer
from app.funding.reports.queries import may_be_written
from app.funding.reports.unlocking import PartKind
from app.people.reads.parts import Part, saved, where_saved

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
        **saved(ReportAnswer),
        "answer": where_saved(ReportAnswer, ReportAnswer.answer),
        "is_met": where_saved(ReportAnswer, ReportAnswer.is_met),
        "is_unlocked": may_be_written(
            lambda asked: and_(
                asked.part == PartKind.CRITERION,
                asked.criterion_id == AcceptanceCriterion.criterion_id,
            )
        ),
    },
)
