"""Who may see support that was given: those who see its collaboration."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.errors import NotFound
from app.network.collaborations.support.models import Support
from app.people.identity.access import obtain
from app.people.identity.actors import Actor

WITH_NAMES: Final[tuple[ORMOption, ...]] = (
    joinedload(Support.collaboration),
    joinedload(Support.given_by),
)


class SupportNotFound(NotFound):
    """There is no such support, or you may not see the collaboration it belongs to."""


async def support(
    db: AsyncSession, actor: Actor, support_id: UUID, *, lock: bool = False
) -> Support:
    """The support with its collaboration. Raises SupportNotFound (404)."""
    return await obtain(
        db,
        actor,
        Support,
        support_id,
        "collaboration.read",
        lock=lock,
        missing=SupportNotFound,
        options=WITH_NAMES,
    )
