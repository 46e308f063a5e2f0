"""What must hold before leave is asked for."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.cohorts.lifecycle import MembershipStatus
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.network.cohorts.pauses.models import PauseRequest


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
