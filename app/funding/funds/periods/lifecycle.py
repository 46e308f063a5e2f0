"""The life of an accounting period. A closed one stays closed."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class AccountingPeriodStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


_S = AccountingPeriodStatus

ACCOUNTING_PERIOD: Final = Lifecycle(
    noun="accounting_period",
    collection="accounting-periods",
    statuses=AccountingPeriodStatus,
    moves=(
        Move("open", None, _S.OPEN, "accounting_period.open", audience=Audience.ALL),
        Move(
            "close",
            _S.OPEN,
            _S.CLOSED,
            "accounting_period.close",
            needs_if_match=True,
            decides=True,
            audience=Audience.ALL,
        ),
    ),
)
