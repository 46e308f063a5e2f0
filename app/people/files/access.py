"""Who may see an upload or a file, and the loaders that refuse."""

from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.people.files.attachments.access import is_of_readable
from app.people.files.models import File, Upload
from app.people.identity.access import one
from app.people.identity.actors import Actor
from app.people.identity.models import Account

UPLOAD = "file.upload"


class UploadNotFound(NotFound):
    """There is no such upload, it is not yours, or it waited too long and was forgotten."""


class FileNotFound(NotFound):
    """There is no such file, or you may not read it."""


async def upload(db: AsyncSession, actor: Actor, upload_id: UUID, *, lock: bool = False) -> Upload:
    """An upload of the actor's own. Raises UploadNotFound."""
    mine = select(Upload).where(
        Upload.id == upload_id,
        Upload.uploader_id.in_(actor.accounts),
        Upload.expires_at > now(db),
    )
    return await one(db, mine, Upload, lock=lock, missing=UploadNotFound)


async def file(db: AsyncSession, actor: Actor, file_id: UUID) -> tuple[File, str]:
    """A file and its uploader's name: of those attached to what the actor may read, or of one's
    own that are attached to nothing.

    Raises FileNotFound.
    """
    own = File.uploader_id.in_({actor.account_id, *actor.persons})
    unused = and_(File.attached_at.is_(None), own)
    found = await db.execute(
        select(File, Account.name)
        .join(Account, Account.id == File.uploader_id)
        .where(File.id == file_id, or_(unused, is_of_readable(actor)))
    )
    row = found.one_or_none()
    if row is None:
        raise FileNotFound
    return row[0], row[1]


async def unused_file(db: AsyncSession, actor: Actor, file_id: UUID) -> File:
    """A file of one's own that is attached to nothing, held. Raises FileNotFound."""
    mine = select(File).where(
        File.id == file_id, File.uploader_id.in_(actor.accounts), File.attached_at.is_(None)
    )
    return await one(db, mine, File, lock=True, missing=FileNotFound)
