"""What must be done about risks before a collaboration is launched."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration
from app.network.collaborations.risks.models import Risk, RiskLevel


@COLLABORATION.guard("launch")
async def red_risks_are_looked_after(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """Somebody owns each red risk, and it is known what is done about it."""
    neglected = select(Risk.id, Risk.question).where(
        Risk.collaboration_id == collaboration.id,
        Risk.level == RiskLevel.RED,
        Risk.closed_on.is_(None),
        or_(Risk.owner_id.is_(None), Risk.mitigation.is_(None)),
    )
    found = (await db.execute(neglected.order_by(Risk.id).limit(20))).all()
    if not found:
        return None
    return Unmet(
        "red_risk_unowned",
        "Give each red risk an owner and a mitigation.",
        subjects=tuple(Ref(id=id_, reference=None, name=title) for id_, title in found),
    )
