"""The life of an exchange rate. What it says never changes: one that is wrong is withdrawn."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class ExchangeRateStatus(StrEnum):
    STANDING = "standing"
    WITHDRAWN = "withdrawn"


_S = ExchangeRateStatus

EXCHANGE_RATE: Final = Lifecycle(
    noun="exchange_rate",
    collection="exchange-rates",
    statuses=ExchangeRateStatus,
    moves=(
        Move("record", None, _S.STANDING, "exchange_rate.record", audience=Audience.ALL),
        Move(
            "withdraw",
            _S.STANDING,
            _S.WITHDRAWN,
            "exchange_rate.record",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"withdraw": "withdrawn"},
)
