"""Who may see verifications: whoever sees the sheet that they are of."""

from typing import Final

from app.kernel.errors import NotFound
from app.learning.trust.sheets.access import OfSheet, with_sheet
from app.learning.trust.verifications.models import Verification


class VerificationNotFound(NotFound):
    """There is no such verification, or none that you may see."""


verification: Final = OfSheet(
    Verification, "sheet.read", VerificationNotFound, with_sheet(Verification.sheet)
)
