"""The life of a poll."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class SessionPollStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    DECIDED = "decided"
    CANCELLED = "cancelled"


_S = SessionPollStatus

STANDING: Final = (_S.OPEN, _S.CLOSED)
"""While a poll is one of these, a time can be chosen."""

SESSION_POLL: Final = Lifecycle(
    noun="session_poll",
    collection="session-polls",
    statuses=SessionPollStatus,
    moves=(
        Move("create", None, _S.OPEN, "session_poll.create", audience=Audience.ALL),
        Move("close", _S.OPEN, _S.CLOSED, "session_poll.close", audience=Audience.ALL),
        Move("choose", STANDING, _S.DECIDED, "session_poll.choose", audience=Audience.ALL),
        Move(
            "cancel",
            STANDING,
            _S.CANCELLED,
            "session_poll.cancel",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"choose": "decided", "cancel": "cancelled"},
)
