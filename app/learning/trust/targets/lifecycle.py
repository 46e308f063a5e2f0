"""The life of a target. That its day is over is derived."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class TrustTargetStatus(StrEnum):
    OPEN = "open"
    MET = "met"
    DROPPED = "dropped"


_S = TrustTargetStatus

TRUST_TARGET: Final = Lifecycle(
    noun="trust_target",
    collection="trust-targets",
    statuses=TrustTargetStatus,
    moves=(
        Move("create", None, _S.OPEN, "trust_target.create", audience=Audience.PARTIES),
        Move("meet", _S.OPEN, _S.MET, "trust_target.settle", audience=Audience.PARTIES),
        Move(
            "drop",
            _S.OPEN,
            _S.DROPPED,
            "trust_target.settle",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reopen",
            (_S.MET, _S.DROPPED),
            _S.OPEN,
            "trust_target.settle",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"meet": "met", "drop": "dropped"},
)
