"""Answering criteria one at a time, and showing evidence."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants.models import AcceptanceCriterion
from app.funding.reports import access
from app.funding.reports.answers.schemas import (
    AddReportEvidence,
    ReportAnswerOut,
    ReportEvidenceOut,
    SaveReportAnswer,
)
from app.funding.reports.answers.telling import ANSWERS
from app.funding.reports.models import Evidence, Report, ReportAnswer
from app.funding.reports.service import content_changed, part_saved, refuse_locked
from app.funding.reports.telling import EVIDENCE, REPORTS
from app.funding.reports.unlocking import criterion_part
from app.kernel import activity, versions
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.written import Written
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.identity.actors import Actor


class CriterionUnknown(Unprocessable):
    """The milestone has no criterion with this id."""


async def save_report_answer(
    db: AsyncSession,
    actor: Actor,
    report_id: UUID,
    criterion_id: UUID,
    body: SaveReportAnswer,
    *,
    if_match: int | None,
    is_new: bool,
) -> Written[ReportAnswerOut]:
    """Save what is said of one criterion, and take what was asked about it for answered.

    Raises CriterionNotFound (404) for a criterion that the milestone has not, ReportLocked (409)
    where it cannot be answered now, and PreconditionRequired (428) and PreconditionFailed (412)
    unless the answer is there as it was read, or not there, if `is_new`.
    """
    report = await access.whole_report.allowing(db, actor, report_id, "report.edit", lock=True)
    criterion = access.criterion(report, criterion_id)
    answer = next((one for one in report.answers if one.criterion_id == criterion_id), None)
    versions.expect_part(answer, if_match, is_new=is_new)
    refuse_locked(report, criterion_part(criterion_id))
    _save(actor, report, criterion, answer, body)
    await part_saved(db, actor, report, criterion_part(criterion_id))
    detail = {"criterion_id": str(criterion_id)}
    activity.record(db, actor, "report.answer_saved", report, detail=detail)
    return await REPORTS.part_told_to(db, actor, report.id, ANSWERS, criterion_id)


def _save(
    actor: Actor,
    report: Report,
    criterion: AcceptanceCriterion,
    answer: ReportAnswer | None,
    body: SaveReportAnswer,
) -> None:
    assert actor.person_id is not None
    if answer is None:
        answer = ReportAnswer(criterion_id=criterion.criterion_id)
        report.answers.append(answer)
    answer.answer, answer.is_met = body.answer, body.is_met
    answer.written_by_id = actor.person_id


async def add_report_evidence(
    db: AsyncSession, actor: Actor, report_id: UUID, body: AddReportEvidence
) -> Written[ReportEvidenceOut]:
    """Show a file that the actor has uploaded, or an address.

    Raises ReportLocked, FileAlreadyAttached (409), FileNotFound (404), CriterionUnknown (422).
    """
    report = await access.whole_report.allowing(db, actor, report_id, "report.edit", lock=True)
    refuse_locked(report, criterion_part(body.criterion_id))
    _refuse_unknown(report, body.criterion_id)
    assert actor.person_id is not None
    evidence = Evidence(
        id=new_id(),
        report_id=report.id,
        grant_id=report.grant_id,
        added_by_id=actor.person_id,
        **body.model_dump(),
    )
    if body.file_id is not None:
        await attach(db, actor, body.file_id, report.scope_id, "evidence", evidence.id)
    db.add(evidence)
    await content_changed(db, report)
    detail = {"evidence_id": str(evidence.id)}
    activity.record(db, actor, "report.evidence_added", report, detail=detail)
    return await EVIDENCE.told_to(db, actor, evidence.id)


def _refuse_unknown(report: Report, criterion_id: UUID | None) -> None:
    known = {criterion.criterion_id for criterion in report.milestone.terms.criteria}
    if criterion_id is not None and criterion_id not in known:
        fault = FieldProblem(
            pointer="/criterion_id", code="unknown", detail="Name a criterion of the milestone."
        )
        raise CriterionUnknown(errors=[fault])


async def remove_report_evidence(
    db: AsyncSession, actor: Actor, evidence_id: UUID, *, if_match: int | None
) -> None:
    """Take evidence out of a report; versions that had it keep it. Raises ReportLocked (409)."""
    evidence = await access.evidence(db, actor, evidence_id)
    report = await access.whole_report.allowing(
        db, actor, evidence.report_id, "report.edit", lock=True
    )
    versions.expect(evidence, if_match)
    refuse_locked(report, criterion_part(evidence.criterion_id))
    evidence.removed_at = now(db)
    await _removed(db, actor, report, evidence)


async def _removed(db: AsyncSession, actor: Actor, report: Report, evidence: Evidence) -> None:
    await content_changed(db, report)
    detail = {"evidence_id": str(evidence.id)}
    activity.record(db, actor, "report.evidence_removed", report, detail=detail)
    await db.flush()


async def _release(db: AsyncSession, actor: Actor, evidence_id: UUID) -> None:
    """Take out evidence that no submitted version has, and all trace of it.

    Raises FileProves, ReportLocked (409).
    """
    evidence = await access.evidence_ever(db, actor, evidence_id)
    report = await access.whole_report.allowing(
        db, actor, evidence.report_id, "report.edit", lock=True
    )
    if await access.was_submitted(db, evidence):
        raise FileProves
    refuse_locked(report, criterion_part(evidence.criterion_id))
    await db.delete(evidence)
    await _removed(db, actor, report, evidence)


subject(Evidence, "report.read", _release)
