"""What becomes of verifications when the sheet that they are of is taken back."""

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.models import Verification
from app.people.identity.actors import Actor


@SHEET.consequence("revise")
@SHEET.consequence("withdraw")
async def its_verifications_are_deleted(
    db: AsyncSession, _actor: Actor, sheet: Sheet, _reason: str | None
) -> None:
    """Nobody has said that the answers hold which there will be."""
    gone = delete(Verification).where(Verification.sheet_id == sheet.id)
    await db.execute(gone, execution_options={"autoflush": False})
