"""Files: uploads that are still coming in, and what they become when they are whole.

A file never changes. It belongs to nobody's scope until a package attaches it, once, to the thing
it is evidence of; from then on whoever may read files there may read it. The bytes of a file and
of the upload it was lie in `storage` under the id that both share.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import activity
from app.kernel.activity import Actor
from app.kernel.clock import Clock, now
from app.kernel.db import Base, Database, Record, new_id
from app.kernel.errors import Conflict, NotFound
from app.kernel.jobs import every
from app.kernel.storage import storage

UNFINISHED_FOR: Final = timedelta(hours=48)
"""How long an upload waits for its next byte."""

UNATTACHED_FOR: Final = timedelta(days=30)
"""How long a file waits to be attached to something."""

_SWEPT_AT_ONCE: Final = 50


class FileNotFound(NotFound):
    """There is no such file, or you may not read it."""


class FileAlreadyAttached(Conflict):
    """This file is evidence of something already. Upload it again to use it elsewhere."""


class Upload(Base):
    """A file that is coming in: what it will be, and how much of it is here."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", "received"),
        CheckConstraint("completed_at IS NULL OR received = size", "completed"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
        Index("ix_uploads_uploader_id", "uploader_id", "completed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    uploader_id: Mapped[UUID]
    """The account that may continue it."""
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    completed_at: Mapped[datetime | None]
    """When it became the file of the same id; kept a while for a client that lost the answer."""


class File(Record):
    """A whole file. The database refuses every change but the one that attaches it."""

    __tablename__ = "files"
    __noun__: ClassVar[str] = "file"
    __table_args__ = (
        CheckConstraint("size > 0", "size"),
        CheckConstraint("octet_length(sha256) = 32", "sha256"),
        CheckConstraint(
            "num_nonnulls(scope_id, subject_noun, subject_id, attached_at) IN (0, 4)", "attached"
        ),
        Index("ix_files_subject_id", "subject_id"),
        Index("ix_files_scope_id", "scope_id"),
        Index("ix_files_uploader_id", "uploader_id"),
    )

    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    uploader_id: Mapped[UUID]
    scope_id: Mapped[UUID | None]
    subject_noun: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    attached_at: Mapped[datetime | None]


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


@every("*/15 * * * *", "expire_uploads")
async def expire_uploads(database: Database, clock: Clock) -> int:
    """Forget uploads that stopped coming, with their bytes, and the traces of those that ended."""
    gone = 0
    while batch := await _forget_expired(database, clock.now()):
        gone += batch
    return gone


async def _forget_expired(database: Database, at: datetime) -> int:
    async with database.transaction() as db:
        uploads = await db.scalars(
            select(Upload)
            .where(Upload.expires_at <= at)
            .limit(_SWEPT_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        found = uploads.all()
        for upload in found:
            if upload.completed_at is None:
                await storage.delete(db, upload.id)
            await db.delete(upload)
        return len(found)


@every("7 4 * * *", "forget_unattached_files")
async def forget_unattached_files(database: Database, clock: Clock) -> int:
    """Delete files that nobody made evidence of anything in `UNATTACHED_FOR`."""
    gone = 0
    while batch := await _forget_unattached(database, clock.now() - UNATTACHED_FOR):
        gone += batch
    return gone


async def _forget_unattached(database: Database, before: datetime) -> int:
    async with database.transaction() as db:
        abandoned = (
            select(File.id)
            .where(File.attached_at.is_(None), File.created_at <= before)
            .limit(_SWEPT_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        found = (await db.scalars(abandoned)).all()
        for file_id in found:
            await storage.delete(db, file_id)
        await db.execute(delete(File).where(File.id.in_(found)))
        return len(found)
