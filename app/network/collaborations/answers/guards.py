"""What a collaboration must have said of itself before it forms."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.activity import Actor
from app.kernel.schemas import Ref
from app.kernel.transitions import Unmet
from app.network.collaborations.answers.queries import expected_of
from app.network.collaborations.lifecycle import COLLABORATION
from app.network.collaborations.models import Collaboration
from app.network.programmes.expectations.models import Expectation


@COLLABORATION.guard("form")
async def expectations_are_answered(
    db: AsyncSession, _actor: Actor, collaboration: Collaboration
) -> Unmet | None:
    """It has said how it meets each criterion, and lives up to each principle, of its programme."""
    open_ones = expected_of(collaboration, is_answered=False)
    first = open_ones.order_by(Expectation.position, Expectation.id).limit(20)
    found = (await db.scalars(first)).all()
    if not found:
        return None
    return Unmet(
        "criteria_unanswered",
        f"Say how it answers: {', '.join(one.key for one in found)}.",
        subjects=tuple(Ref(id=one.id, reference=one.key, name=one.title) for one in found),
    )
