"""Notes about grants."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.kernel.written import Written
from app.network.cohorts.notes.schemas import AddNote, NoteOut
from app.network.cohorts.notes.service import add_note
from app.people.identity.actors import Actor


async def add_grant_note(
    db: AsyncSession, actor: Actor, grant_id: UUID, body: AddNote
) -> Written[NoteOut]:
    """Add a note about a grant. Raises NotAllowed without `note.create`."""
    return await add_note(db, actor, await access.grant(db, actor, grant_id), body)
