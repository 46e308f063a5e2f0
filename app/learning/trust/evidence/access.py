"""Who may see evidence: whoever sees the sheet that it is of."""

from typing import Final

from app.kernel.errors import NotFound
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.sheets.access import of_sheet


class SheetEvidenceNotFound(NotFound):
    """There is no such evidence, or none that you may see."""


sheet_evidence: Final = of_sheet(SheetEvidence, SheetEvidenceNotFound)
