"""What programmes do when two organisations turn out to be one."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.organisations.queries import reconciles
from app.programmes.models import ProgrammeParty


@reconciles
async def keep_one_party(db: AsyncSession, duplicate_id: UUID, survivor_id: UUID) -> None:
    """Where both had the same part in a programme, the survivor's stands for both."""
    other = aliased(ProgrammeParty)
    await db.execute(
        delete(ProgrammeParty).where(
            ProgrammeParty.organisation_id == duplicate_id,
            ProgrammeParty.programme_id == other.programme_id,
            ProgrammeParty.part == other.part,
            other.organisation_id == survivor_id,
        )
    )
