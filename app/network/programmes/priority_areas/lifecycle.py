"""The life of a priority area, from a proposal to the collaborations launched in it."""

from enum import StrEnum
from typing import Final

from app.kernel.transitions import Lifecycle, Move


class PriorityAreaStatus(StrEnum):
    PROPOSED = "proposed"
    DEFERRED = "deferred"
    SELECTED = "selected"
    REJECTED = "rejected"
    LAUNCHED = "launched"


_S = PriorityAreaStatus
_EDITS: Final = "programme.edit"

PRIORITY_AREA: Final = Lifecycle(
    noun="priority_area",
    collection="priority-areas",
    statuses=PriorityAreaStatus,
    moves=(
        Move("create", None, _S.PROPOSED, _EDITS),
        Move("select", (_S.PROPOSED, _S.DEFERRED), _S.SELECTED, _EDITS, needs_reason=True),
        Move("reject", (_S.PROPOSED, _S.DEFERRED), _S.REJECTED, _EDITS, needs_reason=True),
        Move("defer", _S.PROPOSED, _S.DEFERRED, _EDITS, needs_reason=True),
        Move("launch", _S.SELECTED, _S.LAUNCHED, _EDITS),
        Move(
            "reconsider",
            (_S.DEFERRED, _S.SELECTED, _S.REJECTED),
            _S.PROPOSED,
            _EDITS,
            needs_reason=True,
        ),
    ),
    past={"defer": "deferred"},
)
