"""The life of a session's minutes."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class SessionMinutesStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"


_S = SessionMinutesStatus

SESSION_MINUTES: Final = Lifecycle(
    noun="session_minutes",
    collection="session-minutes",
    statuses=SessionMinutesStatus,
    moves=(
        Move("create", None, _S.DRAFT, "session_minutes.write", audience=Audience.TEAM),
        Move("publish", _S.DRAFT, _S.PUBLISHED, "session_minutes.write", audience=Audience.ALL),
        Move(
            "retract",
            _S.PUBLISHED,
            _S.DRAFT,
            "session_minutes.write",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
)
