"""What must be agreed before a collaboration is launched."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.collaborations.agreements.access import is_in_force
from app.network.collaborations.agreements.models import DATA_SETS, Agreement
from app.network.collaborations.data_sets.models import DataAccess, DataSet
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration
from app.network.collaborations.queries import day_at


@COLLABORATION.guard("launch")
async def data_is_agreed_on(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Data that is not open is used under an agreement in force. Open data is used under its
    licence, which the database asks for."""
    covered = (
        select(DATA_SETS.c.data_set_id)
        .join(Agreement, Agreement.id == DATA_SETS.c.agreement_id)
        .where(is_in_force(day_at(db, Agreement.collaboration_id)))
    )
    uncovered = select(DataSet.id, DataSet.name).where(
        DataSet.collaboration_id == collaboration.id,
        DataSet.access != DataAccess.OPEN,
        DataSet.id.not_in(covered),
    )
    found = (await db.execute(uncovered.order_by(DataSet.name_folded, DataSet.id).limit(5))).all()
    if not found:
        return None
    return Unmet(
        "agreement_missing",
        f"Sign an agreement for: {', '.join(name for _, name in found)}.",
        subjects=tuple(Ref(id=id_, reference=None, name=name) for id_, name in found),
    )
