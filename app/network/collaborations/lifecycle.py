"""The life of a collaboration, from an idea to its conclusion."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class CollaborationStatus(StrEnum):
    IDEA = "idea"
    SCOPING = "scoping"
    FORMING = "forming"
    LAUNCHED = "launched"
    OPERATING = "operating"
    ON_HOLD = "on_hold"
    CONCLUDED = "concluded"
    ABANDONED = "abandoned"


_S = CollaborationStatus
_UNDER_WAY: Final = (_S.IDEA, _S.SCOPING, _S.FORMING, _S.LAUNCHED, _S.OPERATING)

ENDED: Final = frozenset({_S.CONCLUDED, _S.ABANDONED})
"""A collaboration that is one of these has come to its end."""

COLLABORATION: Final = Lifecycle(
    noun="collaboration",
    collection="collaborations",
    statuses=CollaborationStatus,
    moves=(
        Move("create", None, _S.IDEA, "collaboration.create", audience=Audience.ALL),
        Move("scope", _S.IDEA, _S.SCOPING, "collaboration.scope", audience=Audience.ALL),
        Move("form", _S.SCOPING, _S.FORMING, "collaboration.form", audience=Audience.ALL),
        Move("launch", _S.FORMING, _S.LAUNCHED, "collaboration.launch", audience=Audience.ALL),
        Move("operate", _S.LAUNCHED, _S.OPERATING, "collaboration.operate", audience=Audience.ALL),
        Move(
            "conclude", _S.OPERATING, _S.CONCLUDED, "collaboration.conclude", audience=Audience.ALL
        ),
        Move(
            "hold",
            _UNDER_WAY,
            _S.ON_HOLD,
            "collaboration.hold",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move("resume", _S.ON_HOLD, _UNDER_WAY, "collaboration.hold", audience=Audience.ALL),
        Move(
            "abandon",
            (*_UNDER_WAY, _S.ON_HOLD),
            _S.ABANDONED,
            "collaboration.abandon",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"hold": "held"},
)
