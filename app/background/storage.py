"""Where the bytes of uploads and files lie: in PostgreSQL, in chunks, behind a small interface.

Every process sees them, one backup holds them all, and a chunk is there exactly when the
transaction that counted it was committed.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import LargeBinary, Select, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base

CHUNK_BYTES: Final = 256 * 1024
"""The most bytes of one row."""

_CHUNKS_A_READ: Final = 4

Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Opens a connection for one statement, such as `Database.read`."""


class Storage(Protocol):
    """Keeps the bytes of contents, each known by its id."""

    async def append(self, db: AsyncSession, content_id: UUID, start: int, data: bytes) -> None:
        """Keep at most `CHUNK_BYTES` bytes that begin `start` bytes into a content."""
        ...

    def read(
        self, connect: Connect, content_id: UUID, start: int, stop: int
    ) -> AsyncIterator[bytes]:
        """The bytes from `start` up to `stop`, which is not included, in pieces.

        No connection is held between pieces, so that a slow reader keeps none from others.
        """
        ...

    async def delete(self, db: AsyncSession, content_id: UUID) -> None:
        """Forget a content; one that is not there is no fault."""
        ...


class Chunk(Base):
    """A run of bytes of a content, which is an upload's and, when it is whole, a file's."""

    __tablename__ = "file_chunks"

    content_id: Mapped[UUID] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class PostgresStorage:
    """Keeps contents in the service's own database."""

    async def append(self, db: AsyncSession, content_id: UUID, start: int, data: bytes) -> None:
        await db.execute(insert(Chunk).values(content_id=content_id, start=start, data=data))

    async def read(
        self, connect: Connect, content_id: UUID, start: int, stop: int
    ) -> AsyncIterator[bytes]:
        while start < stop:
            async with connect() as connection:
                chunks = (await connection.execute(_chunks_from(content_id, start, stop))).all()
            for first, data in chunks or [(start, b"")]:
                piece = data[start - first : stop - first] if first <= start else b""
                if not piece:
                    raise EOFError(f"content {content_id} lacks the byte at {start}")
                start += len(piece)
                yield piece

    async def delete(self, db: AsyncSession, content_id: UUID) -> None:
        await db.execute(delete(Chunk).where(Chunk.content_id == content_id))


def _chunks_from(content_id: UUID, start: int, stop: int) -> Select[int, bytes]:
    """The chunk that holds the byte at `start`, and those after it."""
    holding = (
        select(Chunk.start)
        .where(Chunk.content_id == content_id, Chunk.start <= start)
        .order_by(Chunk.start.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Chunk.start, Chunk.data)
        .where(Chunk.content_id == content_id, Chunk.start >= holding, Chunk.start < stop)
        .order_by(Chunk.start)
        .limit(_CHUNKS_A_READ)
    )


storage: Storage = PostgresStorage()
