"""What becomes of evidence, and of what others said of it, when its sheet is withdrawn."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.people.files.attachments.service import discard_of
from app.people.identity.actors import Actor


@SHEET.consequence("withdraw")
async def its_evidence_is_deleted(
    db: AsyncSession, actor: Actor, sheet: Sheet, _reason: str | None
) -> None:
    """What was withdrawn keeps no evidence, as it keeps no answers: its files go too."""
    gone = delete(SheetEvidence).where(SheetEvidence.sheet_id == sheet.id)
    gone = gone.returning(SheetEvidence.id, SheetEvidence.file_id)
    for row in (await db.execute(gone, execution_options={"autoflush": False})).all():
        if row.file_id is not None:
            await discard_of(db, actor, row.id)
