"""Uploads that stopped coming and files that nobody attached, forgotten with their bytes.

Each in a transaction of its own: one that cannot be forgotten keeps no other.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import each, every
from app.background.storage import storage
from app.kernel.clock import Clock, now
from app.kernel.db import Database
from app.people.files.models import File, Upload

UNFINISHED_FOR: Final = timedelta(hours=48)
"""How long an upload waits for its next byte."""

UNATTACHED_FOR: Final = timedelta(days=30)
"""How long a file waits to be attached to something."""


@every("*/15 * * * *", "expire_uploads")
async def expire_uploads(database: Database, clock: Clock) -> int:
    """Forget uploads that stopped coming, with their bytes, and the traces of those that ended."""
    async with database.transaction() as db:
        ids = list(await db.scalars(_expired(clock.now()).with_only_columns(Upload.id)))
    return await each(database, ids, _forget_upload)


def _expired(at: datetime) -> Select[Upload]:
    return select(Upload).where(Upload.expires_at <= at).order_by(Upload.id)


async def _forget_upload(db: AsyncSession, upload_id: UUID) -> int:
    """Forget it unless another holds it, or more of it has come meanwhile."""
    still = _expired(now(db)).where(Upload.id == upload_id)
    upload = await db.scalar(still.with_for_update(skip_locked=True))
    if upload is None:
        return 0
    if upload.completed_at is None:
        await storage.delete(db, upload.id)
    await db.delete(upload)
    return 1


@every("7 4 * * *", "forget_unattached_files")
async def forget_unattached_files(database: Database, clock: Clock) -> int:
    """Delete files that nobody made evidence of anything in `UNATTACHED_FOR`."""
    async with database.transaction() as db:
        ids = list(await db.scalars(_unattached(clock.now())))
    return await each(database, ids, _forget_file)


def _unattached(at: datetime) -> Select[UUID]:
    abandoned = (File.attached_at.is_(None), File.created_at <= at - UNATTACHED_FOR)
    return select(File.id).where(*abandoned).order_by(File.id)


async def _forget_file(db: AsyncSession, file_id: UUID) -> int:
    """Forget it unless another holds it, or has attached it meanwhile."""
    still = _unattached(now(db)).where(File.id == file_id)
    found = await db.scalar(still.with_for_update(skip_locked=True))
    if found is None:
        return 0
    await storage.delete(db, file_id)
    await db.execute(delete(File).where(File.id == file_id))
    return 1
