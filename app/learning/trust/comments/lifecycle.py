"""The life of what was written in a round."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class RoundCommentStatus(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    WITHHELD = "withheld"


_S = RoundCommentStatus

ROUND_COMMENT: Final = Lifecycle(
    noun="round_comment",
    collection="round-comments",
    statuses=RoundCommentStatus,
    moves=(
        Move(
            "receive",
            None,
            _S.WAITING,
            "sheet.receive",
            operation=False,
            audience=Audience.TEAM,
        ),
        Move(
            "show",
            (_S.WAITING, _S.WITHHELD),
            _S.SHOWN,
            "round_comment.moderate",
            decides=True,
            audience=Audience.TEAM,
        ),
        Move(
            "withhold",
            (_S.WAITING, _S.SHOWN),
            _S.WITHHELD,
            "round_comment.moderate",
            needs_reason=True,
            decides=True,
            audience=Audience.TEAM,
        ),
    ),
    past={"receive": "received", "show": "shown", "withhold": "withheld"},
)
