"""What becomes of assessments when the member that they are about leaves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.clock import now
from app.kernel.transitions import Touched
from app.learning.trust.assessments.models import Assessment
from app.learning.trust.assessments.queries import open_about
from app.network.cohorts.lifecycle import MEMBERSHIP
from app.network.cohorts.models import Membership
from app.people.identity.access import held
from app.people.identity.actors import Actor


async def _open(db: AsyncSession, _actor: Actor, membership: Membership) -> list[Touched]:
    found = await db.scalars(open_about(membership))
    return [Touched("assessment", one.id, None, one.round.title) for one in found]


@MEMBERSHIP.consequence("withdraw", touches=_open)
@MEMBERSHIP.consequence("remove", touches=_open)
async def its_assessments_are_void(
    db: AsyncSession, actor: Actor, membership: Membership, reason: str | None
) -> None:
    """What is being said of it counts for nothing. What its people said of others stands."""
    for one in await db.scalars(held(open_about(membership), Assessment)):
        one.voided_at, one.void_reason = now(db), reason or "The member left."
        detail = {"assessment_id": str(one.id), "perspective": one.perspective}
        activity.record(db, actor, "round.assessments_voided", one.round, detail=detail)
