"""The life of a line of a bank's file: matched to the payment that it is about, or set aside."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move
from app.kernel.vocabularies import Vocabulary


class BankLineStatus(StrEnum):
    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    MATCHED = "matched"
    SET_ASIDE = "set_aside"


class BankLineObstacle(Vocabulary):
    """Why a line was matched to no payment by itself."""

    NO_PAYMENT = "no_payment"
    SEVERAL_PAYMENTS = "several_payments"
    AMOUNT_DIFFERS = "amount_differs"
    NOT_WITH_THE_BANK = "not_with_the_bank"
    REFUSED = "refused"


_S = BankLineStatus

OPEN: Final = (_S.UNMATCHED, _S.AMBIGUOUS)
"""Somebody is to say what it is about."""

BANK_LINE: Final = Lifecycle(
    noun="bank_line",
    collection="bank-lines",
    statuses=BankLineStatus,
    moves=(
        Move("read", None, _S.UNMATCHED, "bank_statement.import", audience=Audience.ALL),
        Move("match", OPEN, _S.MATCHED, "bank_line.match", audience=Audience.ALL),
        Move(
            "doubt",
            _S.UNMATCHED,
            _S.AMBIGUOUS,
            "bank_statement.import",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "set_aside",
            OPEN,
            _S.SET_ASIDE,
            "bank_line.match",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "take_up",
            _S.SET_ASIDE,
            _S.UNMATCHED,
            "bank_line.match",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"read": "read", "set_aside": "set_aside", "take_up": "taken_up"},
)
