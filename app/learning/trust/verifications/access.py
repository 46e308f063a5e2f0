"""Who may see verifications: whoever sees the sheet that they are of."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotFound
from app.learning.trust.sheets.access import of_sheet
from app.learning.trust.verifications.lifecycle import VerificationStatus
from app.learning.trust.verifications.models import Verification
from app.people.identity.access import held


class VerificationNotFound(NotFound):
    """There is no such verification, or none that you may see."""


verification: Final = of_sheet(Verification, VerificationNotFound)


async def hold_standing(db: AsyncSession, sheet_id: UUID) -> Sequence[Verification]:
    """The verifications of a sheet that stand, held, whoever asks: for what follows from a move."""
    standing = select(Verification).where(
        Verification.sheet_id == sheet_id, Verification.status == VerificationStatus.STANDING
    )
    return (await db.scalars(held(standing, Verification))).all()
