"""The life of a sheet that is somebody's. One of an anonymous round has none: it is sent whole."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class SheetStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"


_S = SheetStatus

SHEET: Final = Lifecycle(
    noun="sheet",
    collection="sheets",
    statuses=SheetStatus,
    moves=(
        Move("begin", None, _S.DRAFT, "sheet.answer", audience=Audience.TEAM),
        Move(
            "answer",
            None,
            _S.SUBMITTED,
            "sheet.receive",
            operation=False,
            audience=Audience.TEAM,
        ),
        Move("submit", _S.DRAFT, _S.SUBMITTED, "sheet.answer", audience=Audience.TEAM),
        Move("revise", _S.SUBMITTED, _S.DRAFT, "sheet.answer", audience=Audience.TEAM),
        Move(
            "withdraw",
            (_S.DRAFT, _S.SUBMITTED),
            _S.WITHDRAWN,
            "sheet.answer",
            audience=Audience.TEAM,
        ),
        Move(
            "exclude",
            _S.SUBMITTED,
            _S.EXCLUDED,
            "sheet.exclude",
            needs_reason=True,
            decides=True,
            audience=Audience.TEAM,
        ),
    ),
    past={
        "begin": "begun",
        "answer": "received",
        "submit": "submitted",
        "withdraw": "withdrawn",
    },
)
