"""The life of an action item."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class ActionItemStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


_S = ActionItemStatus

ACTION_ITEM: Final = Lifecycle(
    noun="action_item",
    collection="action-items",
    statuses=ActionItemStatus,
    moves=(
        Move("create", None, _S.OPEN, "action_item.create", audience=Audience.ALL),
        Move("finish", _S.OPEN, _S.DONE, "action_item.settle", audience=Audience.ALL),
        Move(
            "drop",
            _S.OPEN,
            _S.DROPPED,
            "action_item.settle",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "reopen",
            (_S.DONE, _S.DROPPED),
            _S.OPEN,
            "action_item.settle",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"drop": "dropped", "finish": "finished"},
)
