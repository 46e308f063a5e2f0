"""The lives of a cohort and of a membership."""

from enum import StrEnum
from typing import Final

from app.kernel.audiences import Audience
from app.kernel.transitions import Lifecycle, Move


class CohortStatus(StrEnum):
    DRAFT = "draft"
    RECRUITING = "recruiting"
    SELECTING = "selecting"
    CONFIRMED = "confirmed"
    RUNNING = "running"
    WRAPPING_UP = "wrapping_up"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_C = CohortStatus

COHORT: Final = Lifecycle(
    noun="cohort",
    collection="cohorts",
    statuses=CohortStatus,
    moves=(
        Move("create", None, _C.DRAFT, "cohort.create", audience=Audience.ALL),
        Move("recruit", _C.DRAFT, _C.RECRUITING, "cohort.recruit", audience=Audience.ALL),
        Move("select", _C.RECRUITING, _C.SELECTING, "cohort.select", audience=Audience.ALL),
        Move("confirm", _C.SELECTING, _C.CONFIRMED, "cohort.confirm", audience=Audience.ALL),
        Move("start", _C.CONFIRMED, _C.RUNNING, "cohort.start", audience=Audience.ALL),
        Move(
            "undo_start",
            _C.RUNNING,
            _C.CONFIRMED,
            "cohort.undo_start",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move("wrap_up", _C.RUNNING, _C.WRAPPING_UP, "cohort.wrap_up", audience=Audience.ALL),
        Move("close", _C.WRAPPING_UP, _C.CLOSED, "cohort.close", audience=Audience.ALL),
        Move(
            "cancel",
            (_C.DRAFT, _C.RECRUITING, _C.SELECTING, _C.CONFIRMED, _C.RUNNING, _C.WRAPPING_UP),
            _C.CANCELLED,
            "cohort.cancel",
            needs_reason=True,
            audience=Audience.ALL,
        ),
        Move(
            "reopen",
            _C.CLOSED,
            _C.WRAPPING_UP,
            "cohort.reopen",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={
        "recruit": "recruitment_opened",
        "select": "selection_opened",
        "undo_start": "start_undone",
        "wrap_up": "wrapped_up",
        "cancel": "cancelled",
    },
)

ENDED: Final = frozenset({_C.CLOSED, _C.CANCELLED})
"""A cohort that is one of these has come to its end."""

OFFERING: Final = frozenset({_C.RECRUITING, _C.SELECTING, _C.CONFIRMED, _C.RUNNING})
"""While a cohort is one of these, places in it are offered."""


class MembershipStatus(StrEnum):
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    ONBOARDING = "onboarding"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    DECLINED = "declined"
    EXPIRED = "expired"


_M = MembershipStatus

TAKING_PLACE: Final = frozenset(
    {_M.OFFERED, _M.ACCEPTED, _M.ONBOARDING, _M.ACTIVE, _M.PAUSED, _M.COMPLETED}
)
"""A membership that is one of these takes a place of its cohort."""

OPEN: Final = frozenset(
    {_M.WAITLISTED, _M.OFFERED, _M.ACCEPTED, _M.ONBOARDING, _M.ACTIVE, _M.PAUSED}
)
"""A membership that is one of these has not come to its end."""

LIVE: Final = OPEN - {_M.WAITLISTED, _M.OFFERED}
"""A membership that is one of these has accepted its place, and not come to its end: meanwhile
those who run the cohort see the collaboration's dossier."""

MEMBERSHIP: Final = Lifecycle(
    noun="membership",
    collection="memberships",
    statuses=MembershipStatus,
    moves=(
        Move("waitlist", None, _M.WAITLISTED, "membership.offer", audience=Audience.ALL),
        Move("offer", None, _M.OFFERED, "membership.offer", audience=Audience.PARTIES),
        Move(
            "offer",
            (_M.WAITLISTED, _M.DECLINED, _M.EXPIRED, _M.WITHDRAWN),
            _M.OFFERED,
            "membership.offer",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "advance",
            _M.WAITLISTED,
            _M.OFFERED,
            "membership.advance",
            operation=False,
            audience=Audience.ALL,
        ),
        Move(
            "accept",
            _M.OFFERED,
            _M.ACCEPTED,
            "membership.accept",
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "decline",
            _M.OFFERED,
            _M.DECLINED,
            "membership.decline",
            decides=True,
            audience=Audience.ALL,
        ),
        Move(
            "expire",
            _M.OFFERED,
            _M.EXPIRED,
            "membership.expire",
            operation=False,
            audience=Audience.ALL,
        ),
        Move("onboard", _M.ACCEPTED, _M.ONBOARDING, "membership.onboard", audience=Audience.ALL),
        Move("activate", _M.ONBOARDING, _M.ACTIVE, "membership.activate", audience=Audience.ALL),
        Move(
            "pause",
            _M.ACTIVE,
            _M.PAUSED,
            "membership.pause",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move("resume", _M.PAUSED, _M.ACTIVE, "membership.resume", audience=Audience.ALL),
        Move("complete", _M.ACTIVE, _M.COMPLETED, "membership.complete", audience=Audience.ALL),
        Move(
            "withdraw",
            tuple(status for status in MembershipStatus if status in OPEN),
            _M.WITHDRAWN,
            "membership.withdraw",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "remove",
            (_M.ACCEPTED, _M.ONBOARDING, _M.ACTIVE, _M.PAUSED),
            _M.REMOVED,
            "membership.remove",
            second="membership.remove",
            needs_reason=True,
            audience=Audience.PARTIES,
            first_word=Audience.TEAM,
        ),
        Move(
            "reinstate",
            (_M.REMOVED, _M.COMPLETED),
            _M.ACTIVE,
            "membership.reinstate",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"offer": "offered", "withdraw": "withdrawn", "onboard": "onboarding_begun"},
)


class TaskStatus(StrEnum):
    OPEN = "open"
    MET = "met"
    WAIVED = "waived"


_T = TaskStatus

TASK: Final = Lifecycle(
    noun="task",
    collection="tasks",
    statuses=TaskStatus,
    moves=(
        Move("create", None, _T.OPEN, "task.create", operation=False, audience=Audience.PARTIES),
        Move("meet", _T.OPEN, _T.MET, "task.meet", audience=Audience.PARTIES),
        Move(
            "waive",
            _T.OPEN,
            _T.WAIVED,
            "task.waive",
            needs_reason=True,
            decides=True,
            audience=Audience.PARTIES,
        ),
        Move(
            "reopen",
            (_T.MET, _T.WAIVED),
            _T.OPEN,
            "task.reopen",
            needs_reason=True,
            audience=Audience.PARTIES,
        ),
    ),
    past={"meet": "met"},
)
