"""What is told of evidence."""

from functools import partial
from typing import Final

from sqlalchemy import func

from app.kernel.written import NULL, single
from app.learning.trust.evidence.access import SheetEvidenceNotFound
from app.learning.trust.evidence.lifecycle import SHEET_EVIDENCE
from app.learning.trust.evidence.models import SheetEvidence
from app.learning.trust.evidence.schemas import SheetEvidenceOut, SheetEvidencePage
from app.learning.trust.sheets.access import is_of_seen
from app.learning.trust.sheets.models import Sheet
from app.people.files.models import File
from app.people.files.schemas import AttachedFileOut
from app.people.reads.declarations import Telling
from app.people.reads.exported import exported

EVIDENCE_OF_SHEETS: Final = Telling(
    SheetEvidenceOut,
    SheetEvidence,
    "sheet.read",
    missing=SheetEvidenceNotFound,
    lifecycle=SHEET_EVIDENCE,
    seen=partial(is_of_seen, SheetEvidence),
    besides=("sheet.read_confidential", "sheet.read_own_subject"),
    for_everyone=True,
    joins=[SheetEvidence.sheet],
    told={
        "confidentiality": Sheet.confidentiality,
        "file": func.coalesce(
            single(
                AttachedFileOut,
                File,
                File.id == SheetEvidence.file_id,
                told={"sha256": func.encode(File.sha256, "hex")},
            ),
            NULL,
        ),
    },
    sorts={"created_at": (SheetEvidence.created_at, SheetEvidence.id)},
    page_of=SheetEvidencePage,
)
SHEET_EVIDENCE_AS_CSV: Final = exported("sheet-evidence", EVIDENCE_OF_SHEETS)
