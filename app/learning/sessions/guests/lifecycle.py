"""The life of a guest's invitation to a session."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class SessionGuestStatus(StrEnum):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


_S = SessionGuestStatus

HAS_SEAT: Final = (_S.INVITED, _S.ACCEPTED)
"""For a guest who is one of these a seat is kept."""

SESSION_GUEST: Final = Lifecycle(
    noun="session_guest",
    collection="session-guests",
    statuses=SessionGuestStatus,
    moves=(
        Move("invite", None, _S.INVITED, "session_guest.invite", audience=Audience.TEAM),
        Move(
            "accept",
            _S.INVITED,
            _S.ACCEPTED,
            "session_guest.answer",
            operation=False,
            audience=Audience.TEAM,
        ),
        Move(
            "decline",
            _S.INVITED,
            _S.DECLINED,
            "session_guest.answer",
            operation=False,
            audience=Audience.TEAM,
        ),
        Move("withdraw", HAS_SEAT, _S.WITHDRAWN, "session_guest.invite", audience=Audience.TEAM),
    ),
    past={"withdraw": "withdrawn"},
)
