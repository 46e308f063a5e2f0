"""An import that goes record by record as a long operation: what it reads, and how far it is."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run
from app.background.storage import storage
from app.intake.importing.runs import PERMISSION, ImportRun, Tell
from app.kernel.clock import now
from app.people.files import access as files
from app.people.files.models import File
from app.people.identity.actors import SignedIn


async def files_of(run: Run, file_ids: list[UUID]) -> tuple[list[tuple[File, bytes]], datetime]:
    """The files that the import was asked for, in their order, each whole; and when they were
    looked up. Raises FileNotFound (404) for one that whoever asked may see no more."""
    async with run.transaction() as (db, actor):
        found = [(await files.file(db, account_of(actor), one))[0] for one in file_ids]
        at = now(db)
    return [(one, await content_of(run, one)) for one in found], at


async def content_of(run: Run, file: File) -> bytes:
    """A file, whole."""
    pieces = storage.read(run.work.database.read, file.id, 0, file.size)
    return b"".join([piece async for piece in pieces])


def import_run(
    run: Run,
    source: str,
    at: datetime,
    *,
    is_dry_run: bool,
    permission: str | None = PERMISSION,
) -> ImportRun:
    """The import that an operation does, each of its transactions by whoever asked for it.

    `permission` is what they hold on the network; None where each verb asks by itself.
    """

    @asynccontextmanager
    async def begin() -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        async with run.transaction() as (db, actor):
            yield db, account_of(actor)

    return ImportRun(source, run.operation_id, at, begin, is_dry_run, permission)


def telling(run: Run, records: str = "records") -> Tell:
    """How an operation hears how far its import is, by each hundredth of the records."""
    told = -1

    async def tell(done: int, of: int) -> None:
        nonlocal told
        if of and done * 100 // of > told:
            told = done * 100 // of
            await run.progress(told, f"{done} of {of} {records}")

    return tell


def account_of(actor: object) -> SignedIn:
    """Whoever asked for an operation."""
    assert isinstance(actor, SignedIn), "operations are asked for by accounts"
    return actor
