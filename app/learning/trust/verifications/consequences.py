"""What becomes of verifications when the sheet that they are of is taken back."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.lifecycle import move
from app.learning.trust.sheets.lifecycle import SHEET
from app.learning.trust.sheets.models import Sheet
from app.learning.trust.verifications.access import hold_standing
from app.learning.trust.verifications.lifecycle import VERIFICATION
from app.people.identity.actors import Actor, scheduler


@SHEET.consequence("revise")
@SHEET.consequence("withdraw")
async def its_verifications_lapse(
    db: AsyncSession, _actor: Actor, sheet: Sheet, _reason: str | None
) -> None:
    """Nobody has said that the answers hold which there will be. What was said stays on record."""
    for one in await hold_standing(db, sheet.id):
        await move(db, scheduler(), one, VERIFICATION, "lapse")
