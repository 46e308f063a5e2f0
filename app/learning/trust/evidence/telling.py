"""What is told of evidence."""

from typing import Final

from app.learning.trust.evidence.access import SheetEvidenceNotFound, is_seen
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.evidence.schemas import SheetEvidenceOut, SheetEvidencePage
from app.learning.trust.sheets.models import Sheet
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

EVIDENCE_OF_SHEETS: Final = Telling(
    SheetEvidenceOut,
    SheetEvidence,
    "sheet.read",
    missing=SheetEvidenceNotFound,
    lifecycle=SHEET_EVIDENCE,
    seen=is_seen,
    besides=("sheet.read_confidential", "sheet.read_own_subject"),
    for_everyone=True,
    joins=[SheetEvidence.sheet],
    told={"confidentiality": Sheet.confidentiality},
    sorts={"created_at": (SheetEvidence.created_at, SheetEvidence.id)},
    page_of=SheetEvidencePage,
)
SHEET_EVIDENCE_AS_CSV: Final = exported("sheet-evidence", EVIDENCE_OF_SHEETS)
