"""Two requests write to one upload: one of them is refused, and the file is what was announced."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import CHUNK_BYTES, storage
from app.kernel.db import Database
from app.people.files import service
from app.people.files.models import File, Upload
from app.people.files.schemas import CreateUpload
from app.people.files.service import UploadOffsetMismatch, UploadWrittenElsewhere
from app.people.identity.actors import Actor
from app.people.identity.queries import actor_of
from app.settings import Settings
from tests.people.identity.people import People

CONTENT = b"%PDF-" + bytes(range(256)) * 4096
WRITERS = 6


@pytest.fixture
async def uploader(settled: Database, settings: Settings) -> Actor:
    person = await People(settled, settings).person("Ada Lovelace")
    async with settled.transaction() as db:
        actor = await actor_of(db, person.account_id)
    assert actor is not None
    return actor


async def begun(database: Database, actor: Actor) -> UUID:
    announced = CreateUpload(
        name="evidence.pdf",
        media_type="application/pdf",
        size=len(CONTENT),
        sha256=hashlib.sha256(CONTENT).hexdigest(),
    )
    async with database.transaction() as db:
        return (await service.create_upload(db, actor, announced, limit=2**24)).id


async def paced(barrier: asyncio.Barrier) -> AsyncIterator[bytes]:
    """The content, every writer's next chunk arriving at the same time."""
    for at in range(0, len(CONTENT), CHUNK_BYTES):
        await asyncio.wait_for(_together(barrier), 5)
        yield CONTENT[at : at + CHUNK_BYTES]


async def _together(barrier: asyncio.Barrier) -> None:
    try:
        await barrier.wait()
    except asyncio.BrokenBarrierError:
        return


async def write(database: Database, actor: Actor, upload_id: UUID, barrier: asyncio.Barrier) -> str:
    """One client that sends the whole content; how it ended."""
    body = paced(barrier)
    try:
        await service.append_to_upload(database, actor, upload_id, body, offset=0, length=0)
    except (UploadWrittenElsewhere, UploadOffsetMismatch) as refusal:
        return refusal.code
    except IntegrityError:
        return "broken"
    finally:
        await barrier.abort()
    return "done"


async def race(database: Database, actor: Actor) -> tuple[UUID, list[str]]:
    upload_id = await begun(database, actor)
    barrier = asyncio.Barrier(WRITERS)
    writers = [write(database, actor, upload_id, barrier) for _ in range(WRITERS)]
    return upload_id, sorted(await asyncio.gather(*writers))


async def stored(database: Database, content_id: UUID) -> bytes:
    pieces = storage.read(database.read, content_id, 0, len(CONTENT))
    return b"".join([piece async for piece in pieces])


async def test_one_of_many_writers_goes_on(settled: Database, uploader: Actor) -> None:
    upload_id, ends = await race(settled, uploader)
    assert ends == ["done"] + ["upload_written_elsewhere"] * (WRITERS - 1)
    async with settled.transaction() as db:
        assert list(await db.scalars(select(File.id))) == [upload_id]
    assert await stored(settled, upload_id) == CONTENT


async def _advance_unguarded(db: AsyncSession, upload: Upload, length: int) -> Upload:
    """The planted fault: the count is raised, whoever has raised it meanwhile."""
    kept = await db.scalar(
        update(Upload)
        .where(Upload.id == upload.id)
        .values(received=Upload.received + length)
        .returning(Upload)
    )
    assert kept is not None
    return kept


async def test_the_guard_is_what_stops_the_others(
    settled: Database, uploader: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_advance", _advance_unguarded)
    _, ends = await race(settled, uploader)
    assert "broken" in ends
