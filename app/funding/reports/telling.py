"""What is told of reports, and of the evidence in them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select

from app.funding.grants.access import MilestoneNotFound
from app.funding.grants.lifecycle import IN_FORCE
from app.funding.grants.models import Grant, Milestone
from app.funding.grants.telling import granted_to
from app.funding.reports.access import EvidenceNotFound, ReportNotFound
from app.funding.reports.answers.schemas import (
    ReportEvidenceListedOut,
    ReportEvidenceOut,
    ReportEvidencePage,
)
from app.funding.reports.answers.telling import ANSWERS
from app.funding.reports.expenditures.telling import EXPENDITURES
from app.funding.reports.lifecycle import DECIDED, REPORT
from app.funding.reports.models import Evidence, Report, ReportVersion
from app.funding.reports.queries import may_be_written
from app.funding.reports.schemas import ReportListedOut, ReportOut, ReportPage
from app.funding.reports.unlocking import PartKind
from app.kernel.written import NULL, Sources, many, single
from app.network.cohorts.models import Cohort
from app.network.collaborations.models import Collaboration
from app.people.files.models import File
from app.people.files.schemas import AttachedFileOut
from app.people.reads.declarations import Telling, Within
from app.people.reads.exported import exported
from app.people.reads.parts import tagged

_EVIDENCE: Final = {
    "file": func.coalesce(
        single(
            AttachedFileOut,
            File,
            File.id == Evidence.file_id,
            told={"sha256": func.encode(File.sha256, "hex")},
        ),
        NULL,
    ),
    "etag": tagged(Evidence.version),
}

PLACE_OF_REPORT: Final[Sequence[Any]] = (
    Report.milestone,
    Report.grant,
    Grant.cohort,
    Grant.collaboration,
)
"""What a report is joined with, for what it is about to be told."""
WHERE_REPORTED: Final[Sources] = {
    "milestone": {"id": Milestone.id, "reference": Milestone.reference, "name": Milestone.title},
    "grant": {"id": Grant.id, "reference": Grant.reference, "name": Grant.title},
    "cohort": Cohort,
    "collaboration": Collaboration,
}


def on_milestone(column: Any) -> Callable[[Any], ColumnElement[bool]]:
    """What `milestone_id` asks of rows whose report `column` names."""

    def asks(asked: Any) -> ColumnElement[bool]:
        return column.in_(select(Report.id).where(Report.milestone_id == asked).correlate(None))

    return asks


def _of_milestone(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Which reports are on a milestone of which this holds."""
    return Report.milestone_id.in_(select(Milestone.id).where(condition).correlate(None))


REPORTS: Final = Telling(
    ReportOut,
    Report,
    "report.read",
    missing=ReportNotFound,
    lifecycle=REPORT,
    joins=PLACE_OF_REPORT,
    told={
        **WHERE_REPORTED,
        "is_void": and_(Report.status.not_in(DECIDED), Grant.status.not_in(IN_FORCE)),
        "sha256": select(func.encode(ReportVersion.sha256, "hex"))
        .where(ReportVersion.report_id == Report.id, ReportVersion.number == Report.submissions)
        .correlate_except(ReportVersion)
        .scalar_subquery(),
        "due_at": Milestone.due_at,
        "is_late": func.coalesce(Milestone.reported_at >= Milestone.due_at, False),
        "needs_certification": Milestone.needs_certification,
        "is_narrative_unlocked": may_be_written(lambda asked: asked.part == PartKind.NARRATIVE),
        "is_summary_unlocked": may_be_written(lambda asked: asked.part == PartKind.SUMMARY),
        "answers": ANSWERS.all(),
        "expenditures": EXPENDITURES.all(),
        "evidence": many(
            ReportEvidenceOut,
            Evidence,
            Evidence.report_id == Report.id,
            Evidence.removed_at.is_(None),
            order=[Evidence.id],
            told=_EVIDENCE,
        ),
    },
    filters={
        "organisation_id": granted_to(Report.grant_id),
        "due_from": lambda asked: _of_milestone(Milestone.due_at >= asked),
        "due_until": lambda asked: _of_milestone(Milestone.due_at <= asked),
    },
    sorts={"created_at": (Report.created_at, Report.id)},
    page_of=ReportPage,
    listed=ReportListedOut,
)
OF_MILESTONE: Final = Within(Report.milestone_id, Milestone, "grant.read", MilestoneNotFound)

EVIDENCE: Final = Telling(
    ReportEvidenceOut,
    Evidence,
    "report.read",
    missing=EvidenceNotFound,
    joins=[Evidence.report, *PLACE_OF_REPORT],
    told={**_EVIDENCE, **WHERE_REPORTED},
    filters={
        "organisation_id": granted_to(Evidence.grant_id),
        "milestone_id": on_milestone(Evidence.report_id),
        "is_file": lambda asked: Evidence.file_id.is_not(None) == asked,
    },
    sorts={"created_at": (Evidence.created_at, Evidence.id)},
    page_of=ReportEvidencePage,
    listed=ReportEvidenceListedOut,
    only=[Evidence.removed_at.is_(None)],
)
EVIDENCE_AS_CSV: Final = exported("evidence", EVIDENCE)
REPORTS_AS_CSV: Final = exported("reports", REPORTS)
