"""What a collaboration must have shared before it concludes."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.collaborations.learnings.models import Learning
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration


@COLLABORATION.guard("conclude")
async def learning_is_shared(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Others can use what it learnt, or it was let off for a reason."""
    shared = select(Learning.id).where(Learning.collaboration_id == collaboration.id)
    if collaboration.learning_waiver or await db.scalar(select(shared.exists())):
        return None
    return Unmet("learning_missing", "Share what was learnt, or waive that with a reason.")
