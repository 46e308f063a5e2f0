"""The life of a limit of authority: one person sets it, another confirms it, two end it."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class LimitedAct(StrEnum):
    """What a limit is of."""

    APPROVE = "approve"
    RELEASE = "release"
    WRITE_OFF = "write_off"


class PaymentLimitStatus(StrEnum):
    PROPOSED = "proposed"
    STANDING = "standing"
    ENDED = "ended"
    DISMISSED = "dismissed"


_S = PaymentLimitStatus

PAYMENT_LIMIT: Final = Lifecycle(
    noun="payment_limit",
    collection="payment-limits",
    statuses=PaymentLimitStatus,
    moves=(
        Move("propose", None, _S.PROPOSED, "payment_limit.propose", audience=Audience.ALL),
        Move("delegate", None, _S.STANDING, "payment_limit.delegate", audience=Audience.ALL),
        Move(
            "confirm",
            _S.PROPOSED,
            _S.STANDING,
            "payment_limit.confirm",
            needs_if_match=True,
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "dismiss",
            _S.PROPOSED,
            _S.DISMISSED,
            "payment_limit.propose",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "end",
            _S.STANDING,
            _S.ENDED,
            "payment_limit.propose",
            second="payment_limit.confirm",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.ALL,
            first_word=Audience.TEAM,
        ),
        Move(
            "recall",
            _S.STANDING,
            _S.ENDED,
            "payment_limit.delegate",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"end": "ended"},
)
separated("payment_limit.proposed", "payment_limit.confirmed")
