"""The life of a run of payments, and why a payment is in one no more."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move
from app.kernel.vocabularies import Vocabulary


class PaymentRunStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RELEASED = "released"
    DONE = "done"
    CANCELLED = "cancelled"


class LeftBecause(Vocabulary):
    """Why a payment is in a run no more."""

    HELD = "held"
    CANCELLED = "cancelled"
    VOIDED = "voided"
    RELEASED_APART = "released_apart"
    REFUSED = "refused"
    RUN_CANCELLED = "run_cancelled"
    SETTLED = "settled"
    FAILED = "failed"


_S = PaymentRunStatus

UNRELEASED: Final = (_S.DRAFT, _S.APPROVED)

PAYMENT_RUN: Final = Lifecycle(
    noun="payment_run",
    collection="payment-runs",
    statuses=PaymentRunStatus,
    moves=(
        Move("gather", None, _S.DRAFT, "payment_run.gather", audience=Audience.ALL),
        Move(
            "approve",
            _S.DRAFT,
            _S.APPROVED,
            "payment.approve",
            needs_if_match=True,
            decides=True,
            binds_content=True,
            audience=Audience.ALL,
        ),
        Move(
            "release",
            _S.APPROVED,
            _S.RELEASED,
            "payment.release",
            needs_if_match=True,
            decides=True,
            binds_content=True,
            audience=Audience.ALL,
        ),
        Move(
            "finish",
            _S.RELEASED,
            _S.DONE,
            "payment_run.finish",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "cancel",
            UNRELEASED,
            _S.CANCELLED,
            "payment_run.gather",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"cancel": "cancelled"},
)
separated("payment_run.approved", "payment_run.released")
