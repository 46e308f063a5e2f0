"""What is done with evidence: shown with a draft of a sheet, and withdrawn."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import new_id
from app.kernel.errors import FieldProblem, Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.evidence import access
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.evidence.schemas import SheetEvidenceOut, ShowSheetEvidence
from app.learning.trust.evidence.telling import EVIDENCE_OF_SHEETS
from app.learning.trust.sheets import access as sheets
from app.people.identity.actors import Actor


class ExpiresBeforeCollected(Unprocessable):
    """Evidence expires after the day on which it was collected: move `expires_on`."""


async def show_sheet_evidence(
    db: AsyncSession, actor: Actor, sheet_id: UUID, body: ShowSheetEvidence
) -> Written[SheetEvidenceOut]:
    """Show what an answer rests on.

    Raises GuardsUnmet (409), ExpiresBeforeCollected (422).
    """
    sheet = await sheets.sheet.allowing(db, actor, sheet_id, "sheet.answer", lock=True)
    if body.expires_on is not None and body.expires_on <= body.collected_on:
        refused = ExpiresBeforeCollected
        fault = FieldProblem(pointer="/expires_on", code=refused.code, detail=refused.explanation())
        raise refused(errors=[fault])
    evidence = SheetEvidence(
        id=new_id(),
        scope_id=sheet.scope_id,
        round_id=sheet.round_id,
        sheet_id=sheet.id,
        sheet=sheet,
        **body.model_dump(),
    )
    await create(db, actor, evidence, SHEET_EVIDENCE, "show", under=sheet.scope_id)
    return await EVIDENCE_OF_SHEETS.told_to(db, actor, evidence.id)


async def withdraw_sheet_evidence(
    db: AsyncSession, actor: Actor, sheet_evidence_id: UUID, *, if_match: int | None
) -> Written[SheetEvidenceOut]:
    """Take it back: it shows nothing any more."""
    evidence = await access.sheet_evidence(db, actor, sheet_evidence_id, lock=True)
    await move(db, actor, evidence, SHEET_EVIDENCE, "withdraw", if_match=if_match)
    return await EVIDENCE_OF_SHEETS.told_to(db, actor, evidence.id)


async def explain_sheet_evidence_actions(
    db: AsyncSession, actor: Actor, sheet_evidence_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    evidence = await access.sheet_evidence(db, actor, sheet_evidence_id)
    return await explain_actions(db, actor, evidence, SHEET_EVIDENCE)
