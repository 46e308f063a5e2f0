"""Reading reports: a page of them, or one with all that is in it."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.lifecycle import IN_FORCE
from app.funding.grants.models import AcceptanceCriterion, Grant, Milestone
from app.funding.reports.access import REPORT_REFS
from app.funding.reports.answers.schemas import (
    ReportAnswerOut,
    ReportEvidenceOut,
)
from app.funding.reports.expenditures.queries import expenditures_shown, spending
from app.funding.reports.lifecycle import DECIDED, EDITABLE, REPORT
from app.funding.reports.models import Evidence, Report, ReportAnswer, ReportVersion
from app.funding.reports.schemas import (
    ChangeRequestOut,
    MilestoneReportQuery,
    ReportListedOut,
    ReportOut,
    ReportPage,
    ReportQuery,
)
from app.funding.reports.unlocking import NARRATIVE, SUMMARY, Unlocked, criterion_part, unlocked
from app.kernel import versions
from app.kernel.endorsements import Word, told, words
from app.kernel.lifecycle import available_actions
from app.kernel.paging import paginate
from app.kernel.schemas import Ref
from app.network.cohorts.models import Cohort
from app.network.conflicts.queries import Matters, hands_in
from app.people.files.schemas import AttachedFileOut
from app.people.identity.access import visible
from app.people.identity.actors import Actor
from app.people.identity.models import Account

PREPARING: Final = (
    "report.created",
    "report.edited",
    "report.answer_saved",
    "report.expenditure_saved",
    "report.evidence_added",
    "report.evidence_removed",
)
"""What somebody does who prepares a report, whoever wrote the same part later."""

REPORTS: Final = Matters(
    select(
        Report.id,
        Report.grant_id.label("scope_id"),
        Grant.collaboration_id,
        Cohort.programme_id,
        Cohort.timezone,
        Report.created_at.label("began_at"),
        Report.submitted_at.label("fixed_at"),
        ReportVersion.id.label("fixed_id"),
    )
    .join(Grant, Grant.id == Report.grant_id)
    .join(Cohort, Cohort.id == Grant.cohort_id)
    .outerjoin(
        ReportVersion,
        (ReportVersion.report_id == Report.id) & (ReportVersion.number == Report.submissions),
    ),
    hands_in("report", (*PREPARING, "report.certification_requested", "report.submitted")),
)
"""Reports as matters that somebody independent decides about: which organisations are on the
grantee's side stands from one submission to the next."""

SORTS: Final = {"created_at": (Report.created_at, Report.id)}


async def page_of_reports(
    db: AsyncSession,
    actor: Actor,
    query: MilestoneReportQuery,
    *,
    milestone_id: UUID | None = None,
) -> ReportPage:
    """Reports that the actor may see: of one milestone, or those that the query names."""
    statement = visible(Report, actor, "report.read").where(*_wanted(query, milestone_id))
    statement = statement.options(*REPORT_REFS)
    page = await paginate(db, statement, query, SORTS, default="-created_at", bound=milestone_id)
    await actor.reach(db, [report.scope_id for report in page.rows])
    standing = await words(db, actor, *page.rows)
    return ReportPage(
        items=[
            ReportListedOut(**_head(actor, report, standing[report.id])) for report in page.rows
        ],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _wanted(query: MilestoneReportQuery, milestone_id: UUID | None) -> list[ColumnElement[bool]]:
    wanted: list[tuple[Any, object]] = [
        (Report.status, query.status),
        (Report.milestone_id, milestone_id),
    ]
    of_grant: list[tuple[Any, object]] = []
    if isinstance(query, ReportQuery):
        wanted += [(Report.milestone_id, query.milestone_id), (Report.grant_id, query.grant_id)]
        of_grant = [
            (Grant.reference, query.grant_reference),
            (Grant.cohort_id, query.cohort_id),
            (Grant.collaboration_id, query.collaboration_id),
        ]
    conditions = [column == value for column, value in wanted if value is not None]
    on_grant = [column == value for column, value in of_grant if value is not None]
    if on_grant:
        conditions.append(Report.grant_id.in_(select(Grant.id).where(*on_grant)))
    return conditions


def open_parts(report: Report) -> Unlocked:
    """What of a report may be written now."""
    asked = [(request.round, request.about) for request in report.change_requests]
    is_editable = report.status in EDITABLE and report.grant.status in IN_FORCE
    return unlocked(asked, is_editable=is_editable)


async def shown(db: AsyncSession, actor: Actor, report: Report) -> ReportOut:
    """A report that was obtained whole, as clients see it."""
    parts = open_parts(report)
    answers = {answer.criterion_id: answer for answer in report.answers}
    standing = await words(db, actor, report)
    return ReportOut(
        **_head(actor, report, standing[report.id]),
        narrative=report.narrative,
        is_narrative_unlocked=parts.allows(NARRATIVE),
        public_summary=report.public_summary,
        is_summary_unlocked=parts.allows(SUMMARY),
        answers=[
            answer_shown(criterion, answers.get(criterion.criterion_id), parts)
            for criterion in report.milestone.terms.criteria
        ],
        expenditures=expenditures_shown(await spending(db, report), parts),
        evidence=[evidence_shown(evidence) for evidence in report.evidence],
        change_requests=[
            ChangeRequestOut(
                id=request.id,
                round=request.round,
                part=request.part,
                criterion_id=request.criterion_id,
                line_id=request.line_id,
                request=request.request,
                requested_by=person(request.requested_by),
                requested_at=request.requested_at,
                answered_at=request.answered_at,
            )
            for request in report.change_requests
        ],
    )


def _head(actor: Actor, report: Report, standing: Sequence[Word]) -> dict[str, Any]:
    milestone, grant = report.milestone, report.grant
    return {
        "id": report.id,
        "milestone": _titled(milestone),
        "grant": _titled(grant),
        "cohort": Ref.model_validate(grant.cohort),
        "collaboration": Ref.model_validate(grant.collaboration),
        "status": report.status,
        "is_void": report.status not in DECIDED and grant.status not in IN_FORCE,
        "period_starts_on": report.period_starts_on,
        "period_ends_on": report.period_ends_on,
        "submissions": report.submissions,
        "submitted_at": report.submitted_at,
        "sha256": report.latest.sha256.hex() if report.latest else None,
        "due_at": milestone.due_at,
        "is_late": milestone.reported_at is not None and milestone.reported_at >= milestone.due_at,
        "needs_certification": milestone.needs_certification,
        "prepared_by": report.prepared_by and person(report.prepared_by),
        "certified_by": report.certified_by and person(report.certified_by),
        "reviewer": report.reviewer and person(report.reviewer),
        "decided_by": report.decided_by and person(report.decided_by),
        "decided_at": report.decided_at,
        "endorsements": told(standing),
        "available_actions": available_actions(report, actor, REPORT),
        "version": report.version,
        "content_version": report.content_version,
        "created_at": report.created_at,
        "updated_at": report.updated_at,
    }


def _titled(thing: Grant | Milestone) -> Ref:
    return Ref(id=thing.id, reference=thing.reference, name=thing.title)


def person(account: Account) -> Ref:
    """Somebody, by name."""
    return Ref(id=account.id, reference=None, name=account.name)


def answer_shown(
    criterion: AcceptanceCriterion, answer: ReportAnswer | None, parts: Unlocked
) -> ReportAnswerOut:
    """A criterion with its answer, if there is one yet."""
    return ReportAnswerOut(
        criterion_id=criterion.criterion_id,
        statement=criterion.statement,
        is_evidence_required=criterion.is_evidence_required,
        answer=answer.answer if answer else None,
        is_met=answer.is_met if answer else None,
        is_unlocked=parts.allows(criterion_part(criterion.criterion_id)),
        etag=versions.tag(answer.version) if answer else None,
        version=answer.version if answer else None,
        updated_at=answer.updated_at if answer else None,
    )


def evidence_shown(evidence: Evidence) -> ReportEvidenceOut:
    """A piece of evidence, with what is needed to download its file."""
    file = evidence.file
    return ReportEvidenceOut(
        id=evidence.id,
        criterion_id=evidence.criterion_id,
        file=file
        and AttachedFileOut(
            id=file.id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256.hex(),
        ),
        url=evidence.url,
        description=evidence.description,
        licence=evidence.licence,
        may_be_published=evidence.may_be_published,
        added_by=person(evidence.added_by),
        etag=versions.tag(evidence.version),
        version=evidence.version,
        created_at=evidence.created_at,
    )
