"""What must hold before a target is settled."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.learning.trust.targets.lifecycle import TRUST_TARGET
from app.learning.trust.targets.models import TrustTarget
from app.network.cohorts.lifecycle import ENDED


@TRUST_TARGET.guard("reopen")
async def cohort_goes_on(_db: AsyncSession, _actor: Actor, target: TrustTarget) -> Unmet | None:
    """Nothing more is asked in what has ended."""
    status = target.membership.cohort.status
    if status not in ENDED:
        return None
    return Unmet("cohort_ended", f"The cohort is {status}: nothing more is asked in it.")
