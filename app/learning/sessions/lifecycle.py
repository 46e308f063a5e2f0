"""The life of a learning session."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class LearningSessionStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    POSTPONED = "postponed"
    LIVE = "live"
    HELD = "held"
    CANCELLED = "cancelled"


_S = LearningSessionStatus

OPEN: Final = frozenset({_S.DRAFT, _S.SCHEDULED, _S.POSTPONED, _S.LIVE})
"""A session that is one of these has not come to its end."""

TO_COME: Final = OPEN - {_S.LIVE}
"""A session that is one of these has not begun."""

ANNOUNCED: Final = OPEN - {_S.DRAFT}
"""Of a session that is one of these people have been told, and it has not come to its end."""

TAKES_TIME: Final = frozenset({_S.SCHEDULED, _S.LIVE})
"""While a session is one of these, whoever facilitates it is nowhere else."""

LEARNING_SESSION: Final = Lifecycle(
    noun="learning_session",
    collection="learning-sessions",
    statuses=LearningSessionStatus,
    moves=(
        Move("create", None, _S.DRAFT, "learning_session.create", audience=Audience.ALL),
        Move(
            "schedule",
            (_S.DRAFT, _S.POSTPONED),
            _S.SCHEDULED,
            "learning_session.schedule",
            audience=Audience.ALL,
        ),
        Move(
            "postpone",
            _S.SCHEDULED,
            _S.POSTPONED,
            "learning_session.postpone",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move("begin", _S.SCHEDULED, _S.LIVE, "learning_session.begin", audience=Audience.ALL),
        Move(
            "hold",
            (_S.SCHEDULED, _S.LIVE),
            _S.HELD,
            "learning_session.hold",
            audience=Audience.ALL,
        ),
        Move(
            "resume",
            _S.HELD,
            _S.LIVE,
            "learning_session.resume",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "cancel",
            (_S.DRAFT, _S.SCHEDULED, _S.POSTPONED),
            _S.CANCELLED,
            "learning_session.cancel",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"begin": "begun", "hold": "held", "cancel": "cancelled"},
)
