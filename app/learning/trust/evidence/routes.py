"""Evidence over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from app.kernel.schemas import ActionsOut
from app.kernel.written import Written, WrittenList
from app.learning.trust.evidence import access, service
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE
from app.learning.trust.evidence.schemas import (
    SheetEvidenceOut,
    SheetEvidencePage,
    SheetEvidenceQuery,
    ShowSheetEvidence,
)
from app.learning.trust.evidence.telling import EVIDENCE_OF_SHEETS, SHEET_EVIDENCE_AS_CSV
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.deps import CurrentActor
from app.people.reads.deps import Reading, export_of, history_of
from app.web.preconditions import IfMatch
from app.web.routing import Router
from app.web.terms import SIGNED_IN
from app.web.transaction import Db

router = Router("Trust")

SheetId = Annotated[UUID, Path(description="The sheet.")]
SheetEvidenceId = Annotated[UUID, Path(description="The evidence.")]
READ: Final = SIGNED_IN


@router.create(
    SHEET_EVIDENCE,
    "/sheets/{sheet_id}/evidence",
    by=("show",),
    refuses=(
        FileNotFound,
        FileAlreadyAttached,
        CollaborationStorageFull,
        service.CollectedInFuture,
        service.ExpiresBeforeCollected,
    ),
    example={
        "question": "O1",
        "url": "https://example.org/register",
        "collected_on": "2026-03-01",
        "expires_on": "2027-03-02",
    },
)
async def show_sheet_evidence(
    db: Db, actor: CurrentActor, sheet_id: SheetId, body: ShowSheetEvidence
) -> Written[SheetEvidenceOut]:
    """Show what an answer of your draft rests on. From some level on an answer counts no higher
    than what is shown for it. Whoever reads the sheet reads its evidence."""
    return await service.show_sheet_evidence(db, actor, sheet_id, body)


@router.get("/sheet-evidence", permission=READ)
async def list_sheet_evidence(
    read: Reading, query: Annotated[SheetEvidenceQuery, Query()]
) -> WrittenList[SheetEvidencePage]:
    """The evidence of the sheets that you may see."""
    return await EVIDENCE_OF_SHEETS.page(read, query)


export_of(router, "/sheet-evidence", SHEET_EVIDENCE_AS_CSV, SheetEvidenceQuery, permission=READ)


@router.get("/sheet-evidence/{sheet_evidence_id}", permission=READ)
async def get_sheet_evidence(
    read: Reading, sheet_evidence_id: SheetEvidenceId
) -> Written[SheetEvidenceOut]:
    """One piece of evidence."""
    return await EVIDENCE_OF_SHEETS.one(read, sheet_evidence_id)


@router.move(SHEET_EVIDENCE, "withdraw")
async def withdraw_sheet_evidence(
    db: Db, actor: CurrentActor, sheet_evidence_id: SheetEvidenceId, if_match: IfMatch
) -> Written[SheetEvidenceOut]:
    """Take it back while the sheet is a draft: it shows nothing any more."""
    return await service.withdraw_sheet_evidence(db, actor, sheet_evidence_id, if_match=if_match)


@router.get("/sheet-evidence/{sheet_evidence_id}/actions", permission=READ)
async def explain_sheet_evidence_actions(
    db: Db, actor: CurrentActor, sheet_evidence_id: SheetEvidenceId
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    return await service.explain_sheet_evidence_actions(db, actor, sheet_evidence_id)


history_of(
    router,
    "sheet_evidence",
    "/sheet-evidence/{sheet_evidence_id}",
    access.sheet_evidence,
    permission=READ,
)
