"""Importing a questionnaire as a long operation."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.background.storage import storage
from app.intake.importing.concluding import conclude
from app.intake.importing.open_data_pathway.records import bring_in_questionnaire
from app.intake.importing.open_data_pathway.schemas import ImportOpenDataPathway
from app.intake.importing.open_data_pathway.source import SOURCE
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

KIND: Final = "import_open_data_pathway"


async def import_open_data_pathway(
    db: AsyncSession, actor: SignedIn, body: ImportOpenDataPathway
) -> OperationOut:
    """Ask for an import. Raises NotAllowed (403), FileNotFound (404), ProgrammeUnknown (422)."""
    require(actor, PERMISSION, NETWORK_ID)
    await files.file(db, actor, body.file_id)
    if body.programme_id is not None:
        await programmes.known(db, actor, body.programme_id)
    return await request_operation(db, actor, KIND, body.model_dump(mode="json"))


@operation(KIND, ImportReport)
async def run_import(run: Run, arguments: dict[str, Any]) -> None:
    """Import the file; an attempt after one that was cut off goes on where that stopped."""
    body = ImportOpenDataPathway.model_validate(arguments)
    async with run.transaction() as (db, actor):
        file, _ = await files.file(db, _account(actor), body.file_id)
        at = now(db)
    pieces = storage.read(run.work.database.read, file.id, 0, file.size)
    content = b"".join([piece async for piece in pieces])

    @asynccontextmanager
    async def begin() -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
        async with run.transaction() as (db, actor):
            yield db, _account(actor)

    async def tell(done: int, of: int) -> None:
        if of and done * 100 // of > (done - 1) * 100 // of:
            await run.progress(done * 100 // of, f"{done} of {of} records")

    imported = ImportRun(SOURCE, run.operation_id, at, begin, body.dry_run)
    report = await bring_in_questionnaire(imported, content, file.name, body.programme_id, tell)
    await conclude(run, report)


def _account(actor: object) -> SignedIn:
    assert isinstance(actor, SignedIn), "operations are asked for by accounts"
    return actor
