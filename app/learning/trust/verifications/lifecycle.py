"""The life of a verification. That it is older than a year is derived."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class VerificationStatus(StrEnum):
    STANDING = "standing"
    WITHDRAWN = "withdrawn"


_S = VerificationStatus

VERIFICATION: Final = Lifecycle(
    noun="verification",
    collection="verifications",
    statuses=VerificationStatus,
    moves=(
        Move("give", None, _S.STANDING, "verification.give", decides=True, audience=Audience.TEAM),
        Move(
            "withdraw",
            _S.STANDING,
            _S.WITHDRAWN,
            "verification.give",
            needs_reason=True,
            audience=Audience.TEAM,
        ),
        Move(
            "lapse",
            _S.STANDING,
            _S.WITHDRAWN,
            "verification.lapse",
            operation=False,
            audience=Audience.TEAM,
        ),
    ),
    past={"give": "given", "withdraw": "withdrawn", "lapse": "lapsed"},
)
