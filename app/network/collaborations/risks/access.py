"""Who may see a risk: those who see its collaboration."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.risks.models import Risk
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Risk.collaboration),
    joinedload(Risk.owner),
)


class RiskNotFound(NotFound):
    """There is no such risk, or you may not see the collaboration it belongs to."""


async def risk(db: AsyncSession, actor: Actor, risk_id: UUID, *, lock: bool = False) -> Risk:
    """The risk with its collaboration and owner. Raises RiskNotFound (404)."""
    return await obtain(
        db,
        actor,
        Risk,
        risk_id,
        "collaboration.read",
        lock=lock,
        missing=RiskNotFound,
        options=WITH_NAMES,
    )
