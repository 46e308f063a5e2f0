"""Notes about grants."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.funding.grants import access
from app.network.cohorts.notes.schemas import AddNote, NoteOut, NotePage, NoteQuery
from app.network.cohorts.notes.service import add_note, list_notes
from app.people.identity.actors import Actor


async def add_grant_note(db: AsyncSession, actor: Actor, grant_id: UUID, body: AddNote) -> NoteOut:
    """Add a note about a grant. Raises NotAllowed without `note.create`."""
    return await add_note(db, actor, await access.grant(db, actor, grant_id), body)


async def list_grant_notes(
    db: AsyncSession, actor: Actor, grant_id: UUID, query: NoteQuery
) -> NotePage:
    """The notes about a grant. Raises NotAllowed without `note.read`."""
    return await list_notes(db, actor, await access.grant(db, actor, grant_id), query)
