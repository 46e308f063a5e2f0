"""The contract of answers and evidence."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.funding.reports import access
from app.funding.reports.access import CriterionNotFound, EvidenceNotFound, ReportNotFound
from app.funding.reports.answers import service
from app.funding.reports.answers.schemas import (
    AddReportEvidence,
    ReportAnswerOut,
    ReportEvidenceOut,
    ReportEvidencePage,
    ReportEvidenceQuery,
    SaveReportAnswer,
)
from app.funding.reports.answers.service import CriterionUnknown
from app.funding.reports.answers.telling import ANSWERS
from app.funding.reports.service import ReportLocked
from app.funding.reports.telling import EVIDENCE, EVIDENCE_AS_CSV, REPORTS
from app.kernel.written import Written, WrittenList
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch, IsNew
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Reports")

ReportId = Annotated[UUID, Path(description="The report.")]
CriterionId = Annotated[UUID, Path(description="The criterion of the milestone.")]
EvidenceId = Annotated[UUID, Path(description="The evidence.")]


@router.get(
    "/reports/{report_id}/answers/{criterion_id}",
    permission="report.read",
    refuses=(ReportNotFound, CriterionNotFound),
)
async def get_report_answer(
    read: Reading, report_id: ReportId, criterion_id: CriterionId
) -> Written[ReportAnswerOut]:
    """A criterion, and what the report says of it."""
    return await REPORTS.part(read, report_id, ANSWERS, criterion_id)


@router.put(
    "/reports/{report_id}/answers/{criterion_id}",
    permission="report.edit",
    refuses=(ReportNotFound, CriterionNotFound, ReportLocked),
    example={"answer": "Signed by all four partners on 4 May.", "is_met": True},
)
async def save_report_answer(
    db: Db,
    actor: CurrentActor,
    report_id: ReportId,
    criterion_id: CriterionId,
    body: SaveReportAnswer,
    if_match: IfMatch,
    is_new: IsNew,
) -> Written[ReportAnswerOut]:
    """Save what is said of one criterion; saving it again replaces it.

    Answers a requested change of it. The first answer is sent with `If-None-Match: *`, any other
    with the `etag` of the one that it replaces, so that no colleague's is overwritten.
    """
    return await service.save_report_answer(
        db, actor, report_id, criterion_id, body, if_match=if_match, is_new=is_new
    )


@router.post(
    "/reports/{report_id}/evidence",
    permission="report.edit",
    refuses=(
        ReportNotFound,
        ReportLocked,
        CriterionUnknown,
        FileNotFound,
        FileAlreadyAttached,
        CollaborationStorageFull,
    ),
    status=201,
    location="/v1/evidence/{id}",
    example={
        "url": "https://example.org/agreement",
        "description": "The agreement as published",
        "licence": "CC-BY-4.0",
        "may_be_published": True,
    },
)
async def add_report_evidence(
    db: Db, actor: CurrentActor, report_id: ReportId, body: AddReportEvidence
) -> Written[ReportEvidenceOut]:
    """Show a file that you have uploaded, or an address, for one criterion or the whole report."""
    return await service.add_report_evidence(db, actor, report_id, body)


@router.get("/evidence", permission="report.read")
async def list_evidence(
    read: Reading, query: Annotated[ReportEvidenceQuery, Query()]
) -> WrittenList[ReportEvidencePage]:
    """The evidence in the reports that you may see, the oldest first; none that was taken out."""
    return await EVIDENCE.page(read, query)


@router.get("/evidence/{evidence_id}", permission="report.read", refuses=(EvidenceNotFound,))
async def get_report_evidence(read: Reading, evidence_id: EvidenceId) -> Written[ReportEvidenceOut]:
    """One piece of evidence; its file is downloaded by `file.id`."""
    return await EVIDENCE.one(read, evidence_id)


@router.delete(
    "/evidence/{evidence_id}",
    permission="report.edit",
    refuses=(EvidenceNotFound, ReportLocked),
    if_match=True,
    status=204,
)
async def remove_report_evidence(
    db: Db, actor: CurrentActor, evidence_id: EvidenceId, if_match: IfMatch
) -> None:
    """Take evidence out of its report. Versions that were submitted with it keep it."""
    await service.remove_report_evidence(db, actor, evidence_id, if_match=if_match)


history_of(
    router,
    "report_evidence",
    "/evidence/{evidence_id}",
    access.evidence,
    permission="report.read",
    refuses=(EvidenceNotFound,),
)

export_of(router, "/evidence", EVIDENCE_AS_CSV, ReportEvidenceQuery, permission="report.read")
