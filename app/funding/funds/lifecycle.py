"""The life of a fund. One whose books were opened with what stood before them is `opening` until
finance has confirmed that."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.separations import separated
from app.kernel.transitions import Lifecycle, Move


class FundStatus(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    CLOSED = "closed"


FUND: Final = Lifecycle(
    noun="fund",
    collection="funds",
    statuses=FundStatus,
    moves=(
        Move("create", None, FundStatus.OPEN, "fund.create", audience=Audience.ALL),
        Move(
            "open_ledger",
            None,
            FundStatus.OPENING,
            "fund.open_ledger",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "add_opening",
            (FundStatus.OPENING, FundStatus.OPEN),
            FundStatus.OPENING,
            "fund.open_ledger",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "confirm",
            FundStatus.OPENING,
            FundStatus.OPEN,
            "fund.confirm",
            needs_if_match=True,
            decides=True,
            audience=Audience.ALL,
        ),
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
    past={
        "open_ledger": "ledger_opened",
        "add_opening": "opening_added",
    },
)
separated("fund.ledger_opened", "fund.confirmed")
separated("fund.opening_added", "fund.confirmed")
