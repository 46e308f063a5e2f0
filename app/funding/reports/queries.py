"""Reading reports: a page of them, or one with all that is in it."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from app.funding.grants.lifecycle import IN_FORCE
from app.funding.grants.models import Grant, Milestone
from app.funding.reports.answers.schemas import (
    ReportEvidenceOut,
)
from app.funding.reports.lifecycle import EDITABLE, ReportStatus
from app.funding.reports.models import ChangeRequest, Evidence, Report, ReportVersion
from app.funding.reports.unlocking import Unlocked, unlocked
from app.kernel import versions
from app.kernel.schemas import Ref
from app.network.cohorts.models import Cohort
from app.network.conflicts.queries import Matters, hands_in
from app.people.files.schemas import AttachedFileOut
from app.people.identity.models import Account

_asked: Any = aliased(ChangeRequest, name="asked")
_any: Any = aliased(ChangeRequest, name="any_asked")

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


def certified_by_others() -> ColumnElement[list[UUID]]:
    """The people who do not certify a report that waits for it: who prepared it, or asked for it;
    null of any other."""
    hands = hands_in("report", PREPARING).subquery("prepared")
    theirs = (
        select(func.array_agg(func.coalesce(Account.merged_into_id, Account.id)))
        .where(
            or_(
                Account.id == Report.prepared_by_id,
                Account.id.in_(
                    select(hands.c.person_id)
                    .where(hands.c.subject_id == Report.id)
                    .correlate_except(hands)
                ),
            )
        )
        .correlate_except(Account)
        .scalar_subquery()
    )
    waits = and_(
        Report.status == ReportStatus.READY_FOR_CERTIFICATION, Milestone.needs_certification
    )
    return case((waits, theirs))


def open_parts(report: Report) -> Unlocked:
    """What of a report may be written now."""
    asked = [(request.round, request.about) for request in report.change_requests]
    is_editable = report.status in EDITABLE and report.grant.status in IN_FORCE
    return unlocked(asked, is_editable=is_editable)


def person(account: Account) -> Ref:
    """Somebody, by name."""
    return Ref(id=account.id, reference=None, name=account.name)


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
