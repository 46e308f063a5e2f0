"""Reports, for those who may see them."""

from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from app.funding.grants.models import (
    AcceptanceCriterion,
    Grant,
    GrantVersion,
    Milestone,
    MilestoneTerms,
)
from app.funding.reports.lifecycle import WITH_THE_REVIEWER
from app.funding.reports.models import (
    ChangeRequest,
    Evidence,
    PublicationConsent,
    Report,
    ReportVersion,
)
from app.kernel.errors import NotFound
from app.people.identity.access import Loader, held, seen
from app.people.identity.actors import Actor

REPORT_REFS: Final = (
    contains_eager(Report.milestone),
    joinedload(Report.grant).joinedload(Grant.membership),
    joinedload(Report.grant).joinedload(Grant.cohort),
    joinedload(Report.grant).joinedload(Grant.collaboration),
    joinedload(Report.latest).options(defer(ReportVersion.content, raiseload=True)),
)
WHOLE_REPORT: Final = (
    *REPORT_REFS,
    contains_eager(Report.milestone)
    .joinedload(Milestone.terms)
    .options(
        selectinload(MilestoneTerms.criteria),
        joinedload(MilestoneTerms.grant_version).selectinload(GrantVersion.budget_lines),
    ),
    selectinload(Report.answers),
    selectinload(Report.expenditures),
    selectinload(Report.evidence),
    selectinload(Report.change_requests),
)


class ReportNotFound(NotFound):
    """There is no such report, or none that you may see."""


class CriterionNotFound(NotFound):
    """The milestone of the report has no such criterion."""


class BudgetLineNotFound(NotFound):
    """The terms of the grant have no such budget line."""


class EvidenceNotFound(NotFound):
    """There is no such evidence, or none that you may see, or it was taken out."""


class ReportVersionNotFound(NotFound):
    """The report was not submitted that often, or you may not see it."""


report: Final = Loader(
    Report, "report.read", ReportNotFound, REPORT_REFS, moves_with=Report.milestone
)
"""For what does not look at what is said in it."""
answered_report: Final = Loader(
    Report,
    "report.read",
    ReportNotFound,
    (*REPORT_REFS, selectinload(Report.answers)),
    moves_with=Report.milestone,
)
whole_report: Final = Loader(
    Report, "report.read", ReportNotFound, WHOLE_REPORT, moves_with=Report.milestone
)
publishable: Final = Loader(
    Report,
    "report.read",
    ReportNotFound,
    (
        selectinload(Report.evidence).options(
            joinedload(Evidence.file), joinedload(Evidence.added_by)
        ),
        selectinload(Report.consents).options(
            joinedload(PublicationConsent.given_by), joinedload(PublicationConsent.withdrawn_by)
        ),
    ),
)
evidence_ever: Final = Loader(Evidence, "report.read", EvidenceNotFound)


async def report_under_review(db: AsyncSession, actor: Actor, milestone_id: UUID) -> Report | None:
    """The report on a milestone that is with its reviewer, locked; None where there is none.

    Reports are locked before their milestones, here as everywhere.
    """
    waiting = (
        seen(Report, actor, "report.read")
        .join(Report.milestone)
        .where(Report.milestone_id == milestone_id, Report.status.in_(WITH_THE_REVIEWER))
        .options(*REPORT_REFS)
    )
    return await db.scalar(held(waiting, Report))


def criterion(report: Report, criterion_id: UUID) -> AcceptanceCriterion:
    """A criterion of the milestone of a report that the caller has obtained."""
    for one in report.milestone.terms.criteria:
        if one.criterion_id == criterion_id:
            return one
    raise CriterionNotFound


async def evidence(db: AsyncSession, actor: Actor, evidence_id: UUID) -> Evidence:
    """A piece of evidence. Raises EvidenceNotFound where it was taken out or is not visible."""
    found = await evidence_ever(db, actor, evidence_id)
    if found.removed_at is not None:
        raise EvidenceNotFound
    return found


async def version(db: AsyncSession, report: Report, number: int) -> ReportVersion:
    """A version of a report that the caller has obtained, as it was submitted."""
    statement = (
        select(ReportVersion)
        .where(ReportVersion.report_id == report.id, ReportVersion.number == number)
        .options(joinedload(ReportVersion.submitted_by), joinedload(ReportVersion.certified_by))
    )
    found = await db.scalar(statement)
    if found is None:
        raise ReportVersionNotFound
    return found


async def was_submitted(db: AsyncSession, evidence: Evidence) -> bool:
    """Whether a version that was submitted has this piece of evidence."""
    names_it = ReportVersion.content.contains(str(evidence.id), autoescape=True)
    kept = exists().where(ReportVersion.report_id == evidence.report_id, names_it)
    return bool(await db.scalar(kept.select()))


async def is_depended_on(db: AsyncSession, report: Report) -> bool:
    """Whether something outlives a draft: a version that was submitted, or a file that was ever
    shown with it."""
    shows_files = exists().where(Evidence.report_id == report.id, Evidence.file_id.is_not(None))
    return report.submissions > 0 or bool(await db.scalar(shows_files.select()))


async def were_changes_requested(db: AsyncSession, report: Report) -> bool:
    """Whether a reviewer has ever asked for a change of it."""
    asked = exists().where(ChangeRequest.report_id == report.id)
    return bool(await db.scalar(asked.select()))
