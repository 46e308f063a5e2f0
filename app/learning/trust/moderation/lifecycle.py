"""The life of a case about something that was written."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class ModerationCaseStatus(StrEnum):
    OPEN = "open"
    DISMISSED = "dismissed"
    REDACTED = "redacted"


_S = ModerationCaseStatus

MODERATION_CASE: Final = Lifecycle(
    noun="moderation_case",
    collection="moderation-cases",
    statuses=ModerationCaseStatus,
    moves=(
        Move(
            "create",
            None,
            _S.OPEN,
            "moderation_case.create",
            needs_reason=True,
            audience=Audience.TEAM,
        ),
        Move(
            "dismiss",
            _S.OPEN,
            _S.DISMISSED,
            "moderation_case.decide",
            needs_reason=True,
            decides=True,
            audience=Audience.TEAM,
        ),
        Move(
            "redact",
            _S.OPEN,
            _S.REDACTED,
            "moderation_case.decide",
            needs_reason=True,
            decides=True,
            audience=Audience.TEAM,
        ),
        Move(
            "reopen",
            (_S.DISMISSED, _S.REDACTED),
            _S.OPEN,
            "moderation_case.decide",
            needs_reason=True,
            audience=Audience.TEAM,
        ),
    ),
)
