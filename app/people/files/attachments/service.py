"""How a file becomes evidence of a thing, and ceases to be."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import storage
from app.kernel import activity
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.people.files.access import FileNotFound
from app.people.files.models import File, Upload
from app.people.files.quotas.service import make_room
from app.people.identity.actors import Actor


class FileProves(Conflict):
    """What this file proves was submitted, recorded or signed with it, and keeps it."""


class FileAlreadyAttached(Conflict):
    """This file is evidence of something already. Upload it again to use it elsewhere."""


async def attach(
    db: AsyncSession, actor: Actor, file_id: UUID, scope_id: UUID, noun: str, subject_id: UUID
) -> File:
    """Make a file evidence of a thing, readable from then on to whoever may read the thing.

    Raises FileNotFound unless `actor` uploaded it, FileAlreadyAttached the second time, and
    CollaborationStorageFull.
    """
    file = await db.scalar(
        select(File)
        .where(File.id == file_id, File.uploader_id.in_(actor.accounts))
        .with_for_update(key_share=True)
    )
    if file is None:
        raise FileNotFound
    if file.attached_at is not None:
        raise FileAlreadyAttached
    await make_room(db, scope_id, file.size)
    file.scope_id, file.subject_noun, file.subject_id = scope_id, noun, subject_id
    file.attached_at = now(db)
    await db.flush()
    activity.record(
        db, actor, "file.attached", file, detail={"noun": noun, "subject_id": str(subject_id)}
    )
    return file


async def discard(db: AsyncSession, actor: Actor, file: File) -> None:
    """Forget a file and its bytes, once nothing refers to it any more."""
    if file.attached_at is not None:
        detail = {"noun": file.subject_noun, "subject_id": str(file.subject_id)}
        activity.record(db, actor, "file.deleted", file, detail=detail)
    await storage.delete(db, file.id)
    await db.execute(delete(Upload).where(Upload.id == file.id))
    await db.delete(file)
    await db.flush()


async def discard_of(db: AsyncSession, actor: Actor, subject_id: UUID) -> None:
    """Forget the file of a thing that was deleted, if it had one."""
    file = await db.scalar(select(File).where(File.subject_id == subject_id))
    if file is not None:
        await discard(db, actor, file)
