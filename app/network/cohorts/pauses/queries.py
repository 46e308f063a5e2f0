"""The leave that a member is on."""

from typing import Any

from sqlalchemy import ColumnElement, select

from app.kernel.clock import day
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.shifting import Leave


def leave_of(membership: Membership) -> Leave | None:
    """The last leave of a membership, in days where the member is."""
    if not membership.pauses:
        return None
    last = membership.pauses[-1]
    began_on = day(last.paused_at, membership.timezone)
    return Leave(began_on, last.returns_on, last.moves_due_dates)


def is_on_leave(membership_id: Any) -> ColumnElement[bool]:
    """Whether the member whose id a column has is on leave: nothing is due of it meanwhile."""
    away = select(Membership.id).where(Membership.status == MembershipStatus.PAUSED)
    return membership_id.in_(away)
