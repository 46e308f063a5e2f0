"""Who may see programmes: every person with an account."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.identity.access import obtain
from app.identity.actors import Actor
from app.kernel.errors import NotFound
from app.programmes.models import Programme, ProgrammeParty

WITH_PARTIES: Final[ORMOption] = selectinload(Programme.parties).joinedload(
    ProgrammeParty.organisation
)


class ProgrammeNotFound(NotFound):
    """There is no such programme, or you may not see it."""


async def programme(
    db: AsyncSession,
    actor: Actor,
    programme_id: UUID,
    permission: str = "programme.read",
    *,
    lock: bool = False,
) -> Programme:
    """The programme with its convenors and funders. Raises ProgrammeNotFound (404)."""
    return await obtain(
        db,
        actor,
        Programme,
        programme_id,
        permission,
        lock=lock,
        missing=ProgrammeNotFound,
        options=[WITH_PARTIES],
    )
