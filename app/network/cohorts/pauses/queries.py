"""The leave that a member is on."""

from typing import Any, Final

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased

from app.kernel.clock import day
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.shifting import Leave

_AWAY: Final = aliased(Membership)


def leave_of(membership: Membership) -> Leave | None:
    """The last leave of a membership, in days where the member is."""
    if not membership.pauses:
        return None
    last = membership.pauses[-1]
    began_on = day(last.paused_at, membership.timezone)
    return Leave(began_on, last.returns_on, last.moves_due_dates)


def is_on_leave(membership_id: Any) -> ColumnElement[bool]:
    """Whether the member whose id a column has is on leave: nothing is due of it meanwhile."""
    is_away = exists().where(_AWAY.id == membership_id, _AWAY.status == MembershipStatus.PAUSED)
    return is_away.correlate_except(_AWAY)
