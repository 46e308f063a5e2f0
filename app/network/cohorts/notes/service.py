"""Writing and reading notes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.activity import Thing
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.written import Written
from app.network.cohorts import access
from app.network.cohorts.models import Note
from app.network.cohorts.notes.schemas import AddNote, NoteOut
from app.network.cohorts.notes.telling import NOTES
from app.people.identity.access import require
from app.people.identity.actors import Actor


async def add_note(db: AsyncSession, actor: Actor, thing: Thing, body: AddNote) -> Written[NoteOut]:
    """Add a note about a thing that the actor may see. Raises NotAllowed without `note.create`."""
    require(actor, "note.create", thing.scope_id)
    note = Note(
        id=new_id(),
        noun=thing.__noun__,
        subject_id=thing.id,
        scope_id=thing.scope_id,
        author_id=actor.account_id,
        text=body.text,
        written_at=now(db),
    )
    db.add(note)
    await db.flush()
    activity.record(db, actor, "note.added", note)
    return await NOTES.told_to(db, actor, note.id)


async def add_cohort_note(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: AddNote
) -> Written[NoteOut]:
    """Add a note about a cohort."""
    return await add_note(db, actor, await access.cohort(db, actor, cohort_id), body)


async def add_membership_note(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: AddNote
) -> Written[NoteOut]:
    """Add a note about a membership."""
    return await add_note(db, actor, await access.membership(db, actor, membership_id), body)
