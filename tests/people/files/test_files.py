"""Files as packages use them: attached once, by their uploader, and never changed."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.background.storage import Chunk, storage
from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database, new_id
from app.people.files.access import FileNotFound
from app.people.files.attachments.service import FileAlreadyAttached, attach
from app.people.files.expiry.service import UNATTACHED_FOR, forget_unattached_files
from app.people.files.models import File
from app.people.identity.actors import Actor
from tests.sizes import examples

CONTENT = b"%PDF-1.7 evidence"


@pytest.fixture
def ada() -> Actor:
    return Actor(new_id(), new_id())


async def a_file(db: AsyncSession, uploader: Actor) -> File:
    """A file as the last byte of an upload makes it."""
    assert uploader.account_id is not None
    file = File(
        name="evidence.pdf",
        media_type="application/pdf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).digest(),
        uploader_id=uploader.account_id,
    )
    db.add(file)
    await db.flush()
    await storage.append(db, file.id, 0, CONTENT)
    return file


async def test_an_attached_file_belongs_to_the_scope(db: AsyncSession, ada: Actor) -> None:
    file, scope_id, report_id = await a_file(db, ada), new_id(), new_id()
    attached = await attach(db, ada, file.id, scope_id, "report", report_id)
    assert attached is file
    assert (file.scope_id, file.subject_noun, file.subject_id) == (scope_id, "report", report_id)
    recorded = (await db.scalars(select(Activity).where(Activity.subject_id == file.id))).one()
    assert (recorded.verb, recorded.noun, recorded.scope_id) == ("file.attached", "file", scope_id)
    assert (recorded.account_id, recorded.person_id) == (ada.account_id, ada.person_id)
    assert recorded.detail == {"noun": "report", "subject_id": str(report_id)}


async def test_a_file_is_attached_once(db: AsyncSession, ada: Actor) -> None:
    file = await a_file(db, ada)
    await attach(db, ada, file.id, new_id(), "report", new_id())
    with pytest.raises(FileAlreadyAttached):
        await attach(db, ada, file.id, new_id(), "report", new_id())


async def test_a_file_is_attached_by_its_uploader_alone(db: AsyncSession, ada: Actor) -> None:
    file = await a_file(db, ada)
    for actor, file_id in ((Actor(new_id(), ada.person_id), file.id), (ada, new_id())):
        with pytest.raises(FileNotFound):
            await attach(db, actor, file_id, new_id(), "report", new_id())


@pytest.mark.parametrize("column", ["name", "media_type", "size", "sha256", "uploader_id"])
async def test_the_database_refuses_to_change_a_file(
    db: AsyncSession, ada: Actor, column: str
) -> None:
    file = await a_file(db, ada)
    other = {"size": 1, "sha256": bytes(32), "uploader_id": new_id()}.get(column, "other")
    with pytest.raises(DBAPIError, match="a file does not change"):
        await db.execute(update(File).where(File.id == file.id).values({column: other}))


async def test_the_database_keeps_an_attached_file(db: AsyncSession, ada: Actor) -> None:
    file = await a_file(db, ada)
    await attach(db, ada, file.id, new_id(), "report", new_id())
    change = update(File).where(File.id == file.id).values(scope_id=new_id())
    with pytest.raises(DBAPIError, match="a file does not change"):
        async with db.begin_nested():
            await db.execute(change)


async def test_a_file_that_nobody_attached_is_deleted(
    database: Database, db: AsyncSession, ada: Actor, clock: FixedClock
) -> None:
    abandoned, kept = await a_file(db, ada), await a_file(db, ada)
    await attach(db, ada, kept.id, new_id(), "report", new_id())
    await db.commit()
    clock.advance(UNATTACHED_FOR - timedelta(seconds=1))
    assert await forget_unattached_files(database, clock) == 0
    clock.advance(timedelta(seconds=1))
    assert await forget_unattached_files(database, clock) == 1
    assert list(await db.scalars(select(File.id))) == [kept.id]
    assert list(await db.scalars(select(Chunk.content_id))) == [kept.id]
    assert abandoned.id != kept.id


def connecting(db: AsyncSession):
    """Reads of the storage on the session of the test."""

    @asynccontextmanager
    async def connect() -> AsyncIterator[AsyncConnection]:
        yield await db.connection()

    return connect


async def read(db: AsyncSession, content_id: UUID, start: int, stop: int) -> bytes:
    pieces = storage.read(connecting(db), content_id, start, stop)
    return b"".join([piece async for piece in pieces])


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=15),
    bounds=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@hypothesis_settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_any_part_is_read_from_chunks_of_any_length(
    db: AsyncSession, lengths: list[int], bounds: tuple[float, float]
) -> None:
    content_id, content = new_id(), b""
    for length in lengths:
        chunk = bytes((len(content) + step) % 256 for step in range(length))
        await storage.append(db, content_id, len(content), chunk)
        content += chunk
    start, stop = sorted(round(bound * len(content)) for bound in bounds)
    assert await read(db, content_id, start, stop) == content[start:stop]


async def test_a_missing_chunk_is_not_passed_over(db: AsyncSession) -> None:
    content_id = new_id()
    await storage.append(db, content_id, 0, b"a" * 10)
    await storage.append(db, content_id, 20, b"c" * 10)
    for start, stop in ((0, 30), (10, 30), (15, 30), (0, 31), (25, 31), (30, 31)):
        with pytest.raises(EOFError):
            await read(db, content_id, start, stop)
