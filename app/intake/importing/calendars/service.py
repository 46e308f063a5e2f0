"""Importing a calendar as a long operation."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Run, operation
from app.intake.importing.calendars.records import bring_in_calendar
from app.intake.importing.calendars.schemas import CalendarToImport, ImportCalendar
from app.intake.importing.concluding import conclude
from app.intake.importing.operating import account_of, content_of, import_run, telling
from app.intake.importing.report import ImportReport
from app.kernel.clock import now
from app.learning.sessions.service import meeting_cohort
from app.people.files import access as files
from app.people.identity.actors import SignedIn
from app.people.operations.schemas import OperationOut
from app.people.operations.service import request_operation

KIND: Final = "import_calendar"


async def import_calendar(
    db: AsyncSession, actor: SignedIn, cohort_id: UUID, body: ImportCalendar
) -> OperationOut:
    """Ask for an import. Raises CohortNotFound, FileNotFound (404), NotAllowed (403), CohortEnded
    (409)."""
    cohort = await meeting_cohort(db, actor, cohort_id)
    await files.file(db, actor, body.file_id)
    wanted = CalendarToImport(cohort_id=cohort.id, **body.model_dump())
    return await request_operation(db, actor, KIND, wanted.model_dump(mode="json"))


@operation(KIND, ImportReport)
async def run_import(run: Run, arguments: dict[str, Any]) -> None:
    """Import the file; an attempt after one that was cut off goes on where that stopped."""
    body = CalendarToImport.model_validate(arguments)
    async with run.transaction() as (db, actor):
        account = account_of(actor)
        file, _ = await files.file(db, account, body.file_id)
        zone = (await meeting_cohort(db, account, body.cohort_id)).timezone
        at = now(db)
    content = await content_of(run, file)
    source = f"icalendar:{body.cohort_id}"
    imported = import_run(run, source, at, is_dry_run=body.dry_run, permission=None)
    tell = telling(run, "events")
    report = await bring_in_calendar(imported, content, file.name, body.cohort_id, zone, tell)
    await conclude(run, report)
