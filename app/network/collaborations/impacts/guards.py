"""What must have happened before a collaboration operates."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.transitions import Unmet
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.impacts.models import Impact
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration


@COLLABORATION.guard("operate")
async def data_is_used(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Somebody has used its data, or benefits from it."""
    used = select(DataSet.id).where(
        DataSet.collaboration_id == collaboration.id, DataSet.first_used_on.is_not(None)
    )
    felt = select(Impact.id).where(Impact.collaboration_id == collaboration.id)
    if await db.scalar(select(or_(used.exists(), felt.exists()))):
        return None
    return Unmet("use_missing", "Record the first use of a data set, or an impact.")
