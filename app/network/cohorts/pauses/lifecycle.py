"""The life of a request for leave."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class PauseRequestStatus(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_P = PauseRequestStatus

PAUSE_REQUEST: Final = Lifecycle(
    noun="pause_request",
    collection="pause-requests",
    statuses=PauseRequestStatus,
    moves=(
        Move("create", None, _P.OPEN, "pause_request.create", audience=Audience.PARTIES),
        Move(
            "agree",
            _P.OPEN,
            _P.AGREED,
            "pause_request.decide",
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "decline",
            _P.OPEN,
            _P.DECLINED,
            "pause_request.decide",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move("withdraw", _P.OPEN, _P.WITHDRAWN, "pause_request.create", audience=Audience.PARTIES),
    ),
    past={"withdraw": "withdrawn"},
)
