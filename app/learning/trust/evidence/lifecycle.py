"""The life of a piece of evidence. That its day is over is derived."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class SheetEvidenceStatus(StrEnum):
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


_S = SheetEvidenceStatus

SHEET_EVIDENCE: Final = Lifecycle(
    noun="sheet_evidence",
    collection="sheet-evidence",
    statuses=SheetEvidenceStatus,
    moves=(
        Move("show", None, _S.SHOWN, "sheet.answer", audience=Audience.TEAM),
        Move("withdraw", _S.SHOWN, _S.WITHDRAWN, "sheet.answer", audience=Audience.TEAM),
    ),
    past={"show": "shown", "withdraw": "withdrawn"},
)
