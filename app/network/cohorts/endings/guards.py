"""What must hold before a collaboration ends, and of one that is given a place."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.listing import listed
from app.kernel.transitions import Unmet, subject
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.memberships.queries import open_memberships
from app.network.cohorts.models import Membership
from app.network.collaborations.lifecycle import COLLABORATION, ENDED
from app.network.collaborations.models import Collaboration


@MEMBERSHIP.guard("waitlist")
@MEMBERSHIP.guard("offer")
@MEMBERSHIP.guard("reinstate")
async def collaboration_goes_on(
    _db: AsyncSession, _actor: Actor, membership: Membership
) -> Unmet | None:
    """What was concluded or abandoned takes no place."""
    status = membership.collaboration.status
    if status not in ENDED:
        return None
    return Unmet("collaboration_ended", f"The collaboration is {status}: it takes no place.")


@COLLABORATION.guard("conclude")
@COLLABORATION.guard("abandon")
async def memberships_have_ended(
    db: AsyncSession, actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """What is in a cohort, or was offered a place in one, does not end. Those memberships are named
    that the actor may see."""
    standing = await open_memberships(db, collaboration)
    if not standing:
        return None
    await actor.reach(db, [one.id for one in standing])
    seen = [one for one in standing if actor.holds("membership.read", one.id)]
    names = [f"{one.cohort.reference} ({one.status})" for one in seen]
    said = listed(names, len(standing) - len(names))
    return Unmet(
        "memberships_open",
        f"End its memberships first: {said}.",
        subjects=tuple(subject(one.id, one.cohort) for one in seen),
    )
