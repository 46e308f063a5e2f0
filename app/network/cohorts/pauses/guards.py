"""What must hold before leave is asked for, and who may give it."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Marked, Unmet
from app.network.cohorts.lifecycle import MEMBERSHIP, MembershipStatus
from app.network.cohorts.models import Membership
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.network.cohorts.pauses.models import PauseRequest
from app.network.cohorts.queries import MEMBERSHIPS
from app.network.conflicts.guards import independence


@PAUSE_REQUEST.guard("create")
@PAUSE_REQUEST.guard("agree")
async def member_takes_part(
    _db: AsyncSession, _actor: Actor, pause_request: PauseRequest
) -> Unmet | None:
    """Leave is for members who take part."""
    status = pause_request.membership.status
    if status == MembershipStatus.ACTIVE:
        return None
    return Unmet("membership_status", f"The membership is {status}; it has to be active.")


@PAUSE_REQUEST.guard("agree")
@PAUSE_REQUEST.guard("decline")
async def decider_is_independent(
    db: AsyncSession, actor: Actor, pause_request: PauseRequest
) -> Unmet | Marked | None:
    """Nobody answers their own request."""
    return await independence(db, actor, MEMBERSHIPS, pause_request.membership_id)


@MEMBERSHIP.guard("pause")
async def giver_is_independent(
    db: AsyncSession, actor: Actor, membership: Membership
) -> Unmet | Marked | None:
    """Nobody gives leave to themselves."""
    return await independence(db, actor, MEMBERSHIPS, membership.id)
