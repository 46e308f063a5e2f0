"""Importing an index of open data as a long operation."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.background.storage import storage
from app.intake.importing.concluding import conclude
from app.intake.importing.open_data_index.records import bring_in_files
from app.intake.importing.open_data_index.schemas import ImportOpenDataIndex
from app.intake.importing.open_data_index.source import SOURCE
from app.intake.importing.report import ImportReport
from app.intake.importing.runs import PERMISSION, ImportRun
from app.kernel.clock import now
from app.network.programmes import access as programmes
from app.people.files import access as files
from app.people.identity.access import require
from app.people.identity.actors import SignedIn
from app.people.identity.scopes import NETWORK_ID
from app.people.operations.schemas import OperationOut
from app.people.operations.service import request_operation

KIND: Final = "import_open_data_index"


async def import_open_data_index(
    db: AsyncSession, actor: SignedIn, body: ImportOpenDataIndex
) -> OperationOut:
    """Ask for an import. Raises NotAllowed (403), FileNotFound (404), ProgrammeUnknown (422)."""
    require(actor, PERMISSION, NETWORK_ID)
    for file_id in body.files.values():
        await files.file(db, actor, file_id)
    if body.programme_id is not None:
        await programmes.known(db, actor, body.programme_id)
    return await request_operation(db, actor, KIND, body.model_dump(mode="json"))


@operation(KIND, ImportReport)
async def run_import(run: Run, arguments: dict[str, Any]) -> None:
    """Import the files; an attempt after one that was cut off goes on where that stopped."""
    body = ImportOpenDataIndex.model_validate(arguments)
    contents: dict[str, bytes] = {}
    async with run.transaction() as (db, actor):
        found = {
            name: (await files.file(db, _account(actor), file_id))[0]
            for name, file_id in body.files.items()
        }
        at = now(db)
    for name, file in found.items():
        pieces = storage.read(run.work.database.read, file.id, 0, file.size)
        contents[name] = b"".join([piece async for piece in pieces])

    @asynccontextmanager
    async def begin() -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        async with run.transaction() as (db, actor):
            yield db, _account(actor)

    async def tell(done: int, of: int) -> None:
        if of and done * 100 // of > (done - 1) * 100 // of:
            await run.progress(done * 100 // of, f"{done} of {of} records")

    imported = ImportRun(SOURCE, run.operation_id, at, begin, body.dry_run)
    report = await bring_in_files(imported, contents, body.programme_id, tell)
    await conclude(run, report)


def _account(actor: object) -> SignedIn:
    assert isinstance(actor, SignedIn), "operations are asked for by accounts"
    return actor
