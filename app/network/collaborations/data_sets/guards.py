"""What the data of a collaboration must be before it is launched, and before it ends."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.collaborations.data_sets.models import DataSet
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration


@COLLABORATION.guard("launch")
async def data_is_named(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """It is known which data it works with, and how accessible each is."""
    data_sets = select(DataSet.id).where(DataSet.collaboration_id == collaboration.id)
    if await db.scalar(select(data_sets.exists())):
        return None
    return Unmet("data_sets_missing", "Add the data it works with, with the access of each.")


@COLLABORATION.guard("conclude")
async def data_is_provided_for(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """It is known what becomes of each data set."""
    unknown = select(DataSet.id, DataSet.name).where(
        DataSet.collaboration_id == collaboration.id, DataSet.disposition.is_(None)
    )
    found = (await db.execute(unknown.order_by(DataSet.name_folded, DataSet.id).limit(5))).all()
    if not found:
        return None
    return Unmet(
        "disposition_missing",
        f"Say what becomes of: {', '.join(name for _, name in found)}.",
        subjects=tuple(Ref(id=id_, reference=None, name=name) for id_, name in found),
    )
