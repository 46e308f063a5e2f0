"""Writing and reading notes."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import activity
from app.kernel.activity import Thing
from app.kernel.clock import now
from app.kernel.db import new_id
from app.kernel.paging import Key, paginate
from app.kernel.schemas import Ref
from app.network.cohorts import access
from app.network.cohorts.models import Note
from app.network.cohorts.notes.schemas import AddNote, NoteOut, NotePage, NoteQuery
from app.people.identity.access import require, visible
from app.people.identity.actors import Actor
from app.people.identity.models import Account

SORTS: Final[dict[str, Sequence[Key]]] = {"written_at": (Note.written_at, Note.id)}


async def add_note(db: AsyncSession, actor: Actor, thing: Thing, body: AddNote) -> NoteOut:
    """Add a note about a thing that the actor may see. Raises NotAllowed without `note.create`."""
    require(actor, "note.create", thing.scope_id)
    note = Note(
        id=new_id(),
        noun=thing.__noun__,
        subject_id=thing.id,
        scope_id=thing.scope_id,
        author=await db.get_one(Account, actor.account_id),
        text=body.text,
        written_at=now(db),
    )
    db.add(note)
    await db.flush()
    activity.record(db, actor, "note.added", note)
    await db.flush()
    return _shown(note)


async def list_notes(db: AsyncSession, actor: Actor, thing: Thing, query: NoteQuery) -> NotePage:
    """The notes about a thing that the actor may see. Raises NotAllowed without `note.read`."""
    require(actor, "note.read", thing.scope_id)
    notes = visible(Note, actor, "note.read").options(joinedload(Note.author))
    about = notes.where(Note.noun == thing.__noun__, Note.subject_id == thing.id)
    page = await paginate(db, about, query, SORTS, default="-written_at", bound=thing.id)
    return NotePage(
        items=[_shown(note) for note in page.rows],
        next_cursor=page.next_cursor,
        total_count=page.total_count,
    )


def _shown(note: Note) -> NoteOut:
    author = Ref(id=note.author.id, reference=None, name=note.author.name)
    return NoteOut(
        id=note.id,
        noun=note.noun,
        subject_id=note.subject_id,
        author=author,
        text=note.text,
        written_at=note.written_at,
    )


async def add_cohort_note(
    db: AsyncSession, actor: Actor, cohort_id: UUID, body: AddNote
) -> NoteOut:
    """Add a note about a cohort."""
    return await add_note(db, actor, await access.cohort(db, actor, cohort_id), body)


async def list_cohort_notes(
    db: AsyncSession, actor: Actor, cohort_id: UUID, query: NoteQuery
) -> NotePage:
    """The notes about a cohort."""
    return await list_notes(db, actor, await access.cohort(db, actor, cohort_id), query)


async def add_membership_note(
    db: AsyncSession, actor: Actor, membership_id: UUID, body: AddNote
) -> NoteOut:
    """Add a note about a membership."""
    return await add_note(db, actor, await access.membership(db, actor, membership_id), body)


async def list_membership_notes(
    db: AsyncSession, actor: Actor, membership_id: UUID, query: NoteQuery
) -> NotePage:
    """The notes about a membership."""
    return await list_notes(db, actor, await access.membership(db, actor, membership_id), query)
