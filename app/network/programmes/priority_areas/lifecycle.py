"""The life of a priority area, from a proposal to the collaborations launched in it."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
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
        Move("create", None, _S.PROPOSED, _EDITS, audience=Audience.ALL),
        Move(
            "select",
            (_S.PROPOSED, _S.DEFERRED),
            _S.SELECTED,
            _EDITS,
            needs_reason=True,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "reject",
            (_S.PROPOSED, _S.DEFERRED),
            _S.REJECTED,
            _EDITS,
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "defer", _S.PROPOSED, _S.DEFERRED, _EDITS, needs_reason=True, audience=Audience.PARTIES
        ),
        Move("launch", _S.SELECTED, _S.LAUNCHED, _EDITS, audience=Audience.ALL),
        Move(
            "reconsider",
            (_S.DEFERRED, _S.SELECTED, _S.REJECTED),
            _S.PROPOSED,
            _EDITS,
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"defer": "deferred"},
)
