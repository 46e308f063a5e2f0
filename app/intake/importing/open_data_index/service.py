"""Importing an index of open data as a long operation."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.intake.importing.concluding import conclude
from app.intake.importing.open_data_index.records import bring_in_files
from app.intake.importing.open_data_index.schemas import ImportOpenDataIndex
from app.intake.importing.open_data_index.source import SOURCE
from app.intake.importing.operating import files_of, import_run, telling
from app.intake.importing.report import ImportReport
from app.intake.importing.runs import PERMISSION
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
    found, at = await files_of(run, list(body.files.values()))
    contents = {name: content for name, (_, content) in zip(body.files, found, strict=True)}
    imported = import_run(run, SOURCE, at, is_dry_run=body.dry_run)
    await conclude(run, await bring_in_files(imported, contents, body.programme_id, telling(run)))
