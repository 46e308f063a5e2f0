"""The life of an announcement."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class AnnouncementStatus(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENT = "sent"
    CANCELLED = "cancelled"


_A = AnnouncementStatus

ANNOUNCEMENT: Final = Lifecycle(
    noun="announcement",
    collection="announcements",
    statuses=AnnouncementStatus,
    moves=(
        Move("create", None, _A.DRAFT, "announcement.create", audience=Audience.TEAM),
        Move("schedule", _A.DRAFT, _A.SCHEDULED, "announcement.schedule", audience=Audience.TEAM),
        Move("unschedule", _A.SCHEDULED, _A.DRAFT, "announcement.schedule", audience=Audience.TEAM),
        Move("send", (_A.DRAFT, _A.SCHEDULED), _A.SENT, "announcement.send", audience=Audience.ALL),
        Move(
            "cancel",
            _A.SCHEDULED,
            _A.CANCELLED,
            "announcement.cancel",
            needs_reason=True,
            audience=Audience.TEAM,
        ),
    ),
    past={"send": "sent", "cancel": "cancelled"},
)
