"""The life of a recovery."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class RecoveryStatus(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    PARTIALLY_RECOVERED = "partially_recovered"
    RECOVERED = "recovered"
    WRITTEN_OFF = "written_off"
    DISMISSED = "dismissed"


_S = RecoveryStatus

OUTSTANDING: Final = (_S.AGREED, _S.PARTIALLY_RECOVERED)
"""Money is still to come back."""

CLAIMED: Final = (*OUTSTANDING, _S.RECOVERED, _S.WRITTEN_OFF)
"""What was paid is claimed back by it, and is not what the grantee keeps."""

OPEN: Final = (_S.PROPOSED, *OUTSTANDING)

RECOVERY: Final = Lifecycle(
    noun="recovery",
    collection="recoveries",
    statuses=RecoveryStatus,
    moves=(
        Move("propose", None, _S.PROPOSED, "recovery.propose", audience=Audience.PARTIES),
        Move(
            "agree",
            _S.PROPOSED,
            _S.AGREED,
            "recovery.decide",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "dismiss",
            _S.PROPOSED,
            _S.DISMISSED,
            "recovery.decide",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "receive",
            OUTSTANDING,
            (_S.PARTIALLY_RECOVERED, _S.RECOVERED),
            "recovery.receive",
            audience=Audience.PARTIES,
        ),
        Move(
            "reverse",
            (_S.PARTIALLY_RECOVERED, _S.RECOVERED),
            OUTSTANDING,
            "recovery.receive",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "write_off",
            OUTSTANDING,
            _S.WRITTEN_OFF,
            "recovery.write_off",
            second="recovery.endorse_write_off",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
    ),
    past={"reverse": "receipt_reversed", "write_off": "written_off"},
)
