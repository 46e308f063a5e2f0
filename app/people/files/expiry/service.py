"""Uploads that stopped coming and files that nobody attached, forgotten with their bytes."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from app.background.jobs import every
from app.background.storage import storage
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.people.files.models import File, Upload

UNFINISHED_FOR: Final = timedelta(hours=48)
"""How long an upload waits for its next byte."""

UNATTACHED_FOR: Final = timedelta(days=30)
"""How long a file waits to be attached to something."""

_SWEPT_AT_ONCE: Final = 50


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
