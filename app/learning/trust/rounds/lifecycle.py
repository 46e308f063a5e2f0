"""The life of a round."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class RoundStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    MODERATING = "moderating"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


_S = RoundStatus

STANDING: Final = frozenset({_S.DRAFT, _S.SCHEDULED, _S.OPEN})
"""A round that is one of these can still be cancelled, and its cohort cannot be closed."""

ANSWERED: Final = frozenset({_S.CLOSED, _S.MODERATING, _S.PUBLISHED, _S.ARCHIVED})
"""Of a round that is one of these nobody's answers change any more."""

ROUND: Final = Lifecycle(
    noun="round",
    collection="rounds",
    statuses=RoundStatus,
    moves=(
        Move("create", None, _S.DRAFT, "round.create", audience=Audience.ALL),
        Move("schedule", _S.DRAFT, _S.SCHEDULED, "round.schedule", audience=Audience.ALL),
        Move("open", (_S.DRAFT, _S.SCHEDULED), _S.OPEN, "round.open", audience=Audience.ALL),
        Move("close", _S.OPEN, _S.CLOSED, "round.close", audience=Audience.ALL),
        Move("moderate", _S.CLOSED, _S.MODERATING, "round.moderate", audience=Audience.TEAM),
        Move(
            "publish",
            (_S.CLOSED, _S.MODERATING),
            _S.PUBLISHED,
            "round.publish",
            operation=False,
            audience=Audience.ALL,
        ),
        Move("archive", _S.PUBLISHED, _S.ARCHIVED, "round.archive", audience=Audience.ALL),
        Move(
            "cancel",
            (_S.DRAFT, _S.SCHEDULED, _S.OPEN),
            _S.CANCELLED,
            "round.cancel",
            needs_reason=True,
            audience=Audience.ALL,
        ),
    ),
    past={"open": "opened", "moderate": "moderation_begun", "cancel": "cancelled"},
)
