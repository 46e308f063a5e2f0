"""How a file becomes evidence of a thing."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import activity
from app.kernel.activity import Actor
from app.kernel.clock import now
from app.kernel.errors import Conflict
from app.people.files.access import FileNotFound
from app.people.files.models import File


class FileAlreadyAttached(Conflict):
    """This file is evidence of something already. Upload it again to use it elsewhere."""


async def attach(
    db: AsyncSession, actor: Actor, file_id: UUID, scope_id: UUID, noun: str, subject_id: UUID
) -> File:
    """Make a file evidence of a thing, readable from then on to whoever may read files there.

    Raises FileNotFound unless `actor` uploaded it, FileAlreadyAttached the second time.
    """
    file = await db.scalar(
        select(File)
        .where(File.id == file_id, File.uploader_id == actor.account_id)
        .with_for_update(key_share=True)
    )
    if file is None:
        raise FileNotFound
    if file.attached_at is not None:
        raise FileAlreadyAttached
    file.scope_id, file.subject_noun, file.subject_id = scope_id, noun, subject_id
    file.attached_at = now(db)
    await db.flush()
    activity.record(
        db, actor, "file.attached", file, detail={"noun": noun, "subject_id": str(subject_id)}
    )
    return file
