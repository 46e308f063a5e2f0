"""What is done with evidence: shown with a draft of a sheet, and withdrawn."""

from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import today
from app.kernel.db import new_id
from app.kernel.errors import Unprocessable
from app.kernel.lifecycle import create, explain_actions, move
from app.kernel.schemas import ActionsOut
from app.kernel.written import Written
from app.learning.trust.evidence import access
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE, SheetEvidenceStatus
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.evidence.schemas import SheetEvidenceOut, ShowSheetEvidence
from app.learning.trust.evidence.telling import EVIDENCE_OF_SHEETS
from app.learning.trust.sheets import access as sheets
from app.learning.trust.sheets.access import is_of_seen
from app.learning.trust.sheets.lifecycle import SheetStatus
from app.people.files.attachments.access import subject
from app.people.files.attachments.service import FileProves, attach
from app.people.identity.actors import Actor


class CollectedInFuture(Unprocessable):
    """Evidence was collected on a day that has come, where the round is: move `collected_on`."""


class ExpiresBeforeCollected(Unprocessable):
    """Evidence expires after the day on which it was collected: move `expires_on`."""


async def show_sheet_evidence(
    db: AsyncSession, actor: Actor, sheet_id: UUID, body: ShowSheetEvidence
) -> Written[SheetEvidenceOut]:
    """Show what an answer rests on.

    Raises FileNotFound (404), GuardsUnmet, FileAlreadyAttached, CollaborationStorageFull (409),
    CollectedInFuture, ExpiresBeforeCollected (422).
    """
    sheet = await sheets.sheet.allowing(db, actor, sheet_id, "sheet.answer", lock=True)
    if body.collected_on > today(db, sheet.round.timezone):
        raise CollectedInFuture.at("/collected_on")
    if body.expires_on is not None and body.expires_on <= body.collected_on:
        raise ExpiresBeforeCollected.at("/expires_on")
    evidence = SheetEvidence(
        id=new_id(),
        scope_id=sheet.scope_id,
        round_id=sheet.round_id,
        sheet_id=sheet.id,
        sheet=sheet,
        **body.model_dump(),
    )
    if body.file_id is not None:
        assert sheet.respondent.membership_id is not None, "who has an account is of a member"
        scope_id = sheet.respondent.membership_id
        await attach(db, actor, body.file_id, scope_id, SheetEvidence.__noun__, evidence.id)
    await create(db, actor, evidence, SHEET_EVIDENCE, "show", under=sheet.scope_id)
    return await EVIDENCE_OF_SHEETS.told_to(db, actor, evidence.id)


async def withdraw_sheet_evidence(
    db: AsyncSession, actor: Actor, sheet_evidence_id: UUID, *, if_match: int | None
) -> Written[SheetEvidenceOut]:
    """Take it back: it shows nothing any more."""
    evidence = await access.sheet_evidence(db, actor, sheet_evidence_id, lock=True)
    await move(db, actor, evidence, SHEET_EVIDENCE, "withdraw", if_match=if_match)
    return await EVIDENCE_OF_SHEETS.told_to(db, actor, evidence.id)


async def _release(db: AsyncSession, actor: Actor, evidence_id: UUID) -> None:
    """Take a file out of evidence that was withdrawn, while the sheet is a draft.

    Raises FileProves (409).
    """
    evidence = await access.sheet_evidence(db, actor, evidence_id, lock=True)
    is_own = evidence.sheet.respondent.account_id in actor.persons
    is_draft = evidence.sheet.status == SheetStatus.DRAFT
    if evidence.status != SheetEvidenceStatus.WITHDRAWN or not is_own or not is_draft:
        raise FileProves
    evidence.file_id = None
    await db.flush()


subject(SheetEvidence, "sheet.read", _release, is_seen=partial(is_of_seen, SheetEvidence))


async def explain_sheet_evidence_actions(
    db: AsyncSession, actor: Actor, sheet_evidence_id: UUID
) -> ActionsOut:
    """Every move from its present status, and what stands in the way of each."""
    evidence = await access.sheet_evidence(db, actor, sheet_evidence_id)
    return await explain_actions(db, actor, evidence, SHEET_EVIDENCE)
