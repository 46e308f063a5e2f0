"""What must hold before what was written is shown or withheld."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.learning.trust.comments.lifecycle import ROUND_COMMENT
from app.learning.trust.comments.models import RoundComment
from app.learning.trust.rounds.guards import PARTY
from app.learning.trust.rounds.lifecycle import RoundStatus
from app.learning.trust.rounds.queries import acts_for


@ROUND_COMMENT.guard("show")
@ROUND_COMMENT.guard("withhold")
async def round_is_moderated(
    _db: AsyncSession, _actor: Actor, comment: RoundComment
) -> Unmet | None:
    """It is looked through once somebody has begun to, or with the results of the round."""
    status = comment.round.status
    if status in (RoundStatus.MODERATING, RoundStatus.PUBLISHED):
        return None
    detail = f"The round is {status}: begin its moderation first."
    if status == RoundStatus.ARCHIVED:
        detail = "The round is archived: what was shown of it stays so."
    return Unmet("round_not_moderated", detail)


@ROUND_COMMENT.guard("withhold")
async def moderated_from_outside(
    db: AsyncSession, actor: Actor, comment: RoundComment
) -> Unmet | None:
    """Whoever acts for a member keeps nothing back that was said. They see nothing that waits."""
    if not actor.persons or not await acts_for(db, actor.persons, comment.round.cohort_id):
        return None
    return Unmet(PARTY, "You act for a member of the cohort. Another person must do this.")
