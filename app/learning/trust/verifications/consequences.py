"""What becomes of verifications when the sheet that they are of is taken back."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import move
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.lifecycle import VERIFICATION, VerificationStatus
from app.learning.trust.verifications.models import Verification
from app.people.identity.access import held
from app.people.identity.actors import Actor, scheduler


@SHEET.consequence("revise")
@SHEET.consequence("withdraw")
async def its_verifications_lapse(
    db: AsyncSession, _actor: Actor, sheet: Sheet, _reason: str | None
) -> None:
    """Nobody has said that the answers hold which there will be. What was said stays on record."""
    standing = select(Verification).where(
        Verification.sheet_id == sheet.id, Verification.status == VerificationStatus.STANDING
    )
    for one in list(await db.scalars(held(standing, Verification))):
        await move(db, scheduler(), one, VERIFICATION, "lapse")
