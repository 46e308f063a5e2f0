"""The life of a dispensation."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class DispensationStatus(StrEnum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


_D = DispensationStatus

DISPENSATION: Final = Lifecycle(
    noun="dispensation",
    collection="dispensations",
    statuses=DispensationStatus,
    moves=(
        Move("propose", None, _D.PROPOSED, "dispensation.give", audience=Audience.TEAM),
        Move("confirm", _D.PROPOSED, _D.CONFIRMED, "dispensation.give", audience=Audience.TEAM),
        Move(
            "revoke",
            (_D.PROPOSED, _D.CONFIRMED),
            _D.REVOKED,
            "dispensation.give",
            needs_reason=True,
            audience=Audience.TEAM,
        ),
    ),
)
