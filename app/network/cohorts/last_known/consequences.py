"""What is kept of a member that leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.transitions import Touched
from app.network.cohorts.last_known.service import keep
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership
from app.people.identity.actors import Actor


async def _known(_db: AsyncSession, _actor: Actor, membership: Membership) -> list[Touched]:
    if membership.accepted_at is None:
        return []
    known = membership.collaboration
    return [Touched(known.__noun__, known.id, known.reference, known.name)]


@MEMBERSHIP.consequence("complete", touches=_known)
@MEMBERSHIP.consequence("withdraw", touches=_known)
@MEMBERSHIP.consequence("remove", touches=_known)
async def what_was_known_is_kept(
    db: AsyncSession, _actor: Actor, membership: Membership, _reason: str | None
) -> None:
    """What the cohort knows of a member that had accepted its place is kept with the membership;
    its dossier closes."""
    if membership.accepted_at is not None:
        await keep(db, membership)
