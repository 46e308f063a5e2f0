"""The life of a payment. What is settled is never approved again: it is reversed, and paid anew."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class PaymentStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    ON_HOLD = "on_hold"
    RELEASED = "released"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVERSED = "reversed"


_S = PaymentStatus

NOT_RELEASED: Final = (_S.REQUESTED, _S.APPROVED, _S.ON_HOLD, _S.FAILED)
"""A payment that is one of these has not left, or has come back."""

BOUND: Final = (_S.APPROVED, _S.RELEASED, _S.SETTLED)
"""What a payment that is one of these was approved for stays as it was."""

LIVE: Final = (*NOT_RELEASED, _S.RELEASED, _S.SETTLED)
"""A milestone has one payment at most that is one of these."""

PAYMENT: Final = Lifecycle(
    noun="payment",
    collection="payments",
    statuses=PaymentStatus,
    moves=(
        Move("request", None, _S.REQUESTED, "payment.request", audience=Audience.PARTIES),
        Move(
            "record",
            None,
            _S.SETTLED,
            "fund.open_ledger",
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "approve",
            (_S.REQUESTED, _S.FAILED),
            _S.APPROVED,
            "payment.approve",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "void",
            _S.APPROVED,
            _S.REQUESTED,
            "grant.read",
            operation=False,
            audience=Audience.PARTIES,
        ),
        Move(
            "hold",
            (_S.REQUESTED, _S.APPROVED),
            _S.ON_HOLD,
            "payment.hold",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move("resume", _S.ON_HOLD, _S.REQUESTED, "payment.hold", audience=Audience.PARTIES),
        Move(
            "release",
            _S.APPROVED,
            _S.RELEASED,
            "payment.release",
            needs_if_match=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move("settle", _S.RELEASED, _S.SETTLED, "payment.settle", audience=Audience.PARTIES),
        Move(
            "fail",
            _S.RELEASED,
            _S.FAILED,
            "payment.settle",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reverse",
            _S.SETTLED,
            _S.REVERSED,
            "payment.reverse",
            second="payment.endorse_reversal",
            needs_reason=True,
            needs_if_match=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "cancel",
            NOT_RELEASED,
            _S.CANCELLED,
            "payment.cancel",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "drop",
            NOT_RELEASED,
            _S.CANCELLED,
            "grant.read",
            operation=False,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "hold": "held",
        "void": "approval_voided",
        "drop": "dropped",
        "cancel": "cancelled",
    },
)
separated("payment.requested", "payment.approved", "payment.released")
separated("payment.approved", "payment.released")
