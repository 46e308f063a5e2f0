"""Who may see an impact: those who see its collaboration."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.impacts.models import Impact
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Impact.collaboration),
    joinedload(Impact.file),
)


class ImpactNotFound(NotFound):
    """There is no such impact, or you may not see the collaboration it belongs to."""


async def impact(db: AsyncSession, actor: Actor, impact_id: UUID, *, lock: bool = False) -> Impact:
    """The impact with its collaboration. Raises ImpactNotFound (404)."""
    return await obtain(
        db,
        actor,
        Impact,
        impact_id,
        "collaboration.read",
        lock=lock,
        missing=ImpactNotFound,
        options=WITH_NAMES,
    )
