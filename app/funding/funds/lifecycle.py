"""The life of a fund."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class FundStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


FUND: Final = Lifecycle(
    noun="fund",
    collection="funds",
    statuses=FundStatus,
    moves=(
        Move("create", None, FundStatus.OPEN, "fund.create", audience=Audience.ALL),
        Move("close", FundStatus.OPEN, FundStatus.CLOSED, "fund.close", audience=Audience.ALL),
        Move(
            "reopen",
            FundStatus.CLOSED,
            FundStatus.OPEN,
            "fund.close",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
)
