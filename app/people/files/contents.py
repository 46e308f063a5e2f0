"""The content of a file, read whole by a verb that makes something of it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.background.storage import storage


async def content_of(db: AsyncSession, file_id: UUID, size: int) -> bytes:
    """All bytes of a file that the caller has obtained, and found to be no larger than it takes."""

    @asynccontextmanager
    async def own() -> AsyncGenerator[AsyncConnection]:
        yield await db.connection()

    return b"".join([piece async for piece in storage.read(own, file_id, 0, size)])
