"""What the doctor finds among files: nothing where the verbs wrote, planted faults by name."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import CHUNK_BYTES
from app.installation.doctor import INVARIANTS
from app.people.files import invariants
from tests.people.files.uploading import PDF, Uploader

assert invariants, "registers what is looked for"

WHOLE = "every file and upload has all the bytes it counts, one after the other"
OWNED = "no bytes are kept of what is neither a file nor an upload"
CONTENT = b"%PDF-" + bytes(3 * CHUNK_BYTES)


async def found(db: AsyncSession) -> set[str]:
    """The invariants of files that do not hold."""
    return {name for name in (WHOLE, OWNED) if (await db.execute(text(INVARIANTS[name]))).first()}


@pytest.fixture
async def written(adas: Uploader, db: AsyncSession) -> None:
    """A file, an upload that has begun, and one that has not."""
    await adas.upload(CONTENT)
    await adas.send(await adas.begin(PDF), PDF[:100])
    await adas.begin(PDF)
    assert await found(db) == set()


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (f"DELETE FROM file_chunks WHERE start = {2 * CHUNK_BYTES}", WHOLE),
        (f"DELETE FROM file_chunks WHERE start = {3 * CHUNK_BYTES}", WHOLE),
        ("DELETE FROM file_chunks WHERE start = 0", WHOLE),
        (f"UPDATE file_chunks SET start = start + 1 WHERE start = {CHUNK_BYTES}", WHOLE),
        ("UPDATE file_chunks SET data = data || 'x' WHERE octet_length(data) < 200", WHOLE),
        ("UPDATE uploads SET received = received + 1 WHERE received < size", WHOLE),
        ("DELETE FROM uploads WHERE completed_at IS NULL", OWNED),
    ],
)
async def test_a_planted_fault_is_found(
    written: None, db: AsyncSession, fault: str, name: str
) -> None:
    await db.execute(text(fault))
    assert await found(db) == {name}
