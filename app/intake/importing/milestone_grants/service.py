"""Importing grants as a long operation."""

from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.intake.importing.concluding import conclude
from app.intake.importing.milestone_grants.records import bring_in_applications
from app.intake.importing.milestone_grants.schemas import ImportMilestoneGrants
from app.intake.importing.milestone_grants.source import SOURCE
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

KIND: Final = "import_milestone_grants"


async def import_milestone_grants(
    db: AsyncSession, actor: SignedIn, body: ImportMilestoneGrants
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
    body = ImportMilestoneGrants.model_validate(arguments)
    [(file, content)], at = await files_of(run, [body.file_id])
    imported = import_run(run, SOURCE, at, is_dry_run=body.dry_run)
    tell = telling(run)
    report = await bring_in_applications(imported, content, file.name, body.programme_id, tell)
    await conclude(run, report)
