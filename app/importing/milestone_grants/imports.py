"""Importing a file of applications."""

from uuid import UUID

from app.importing.milestone_grants import records
from app.importing.report import ImportReport
from app.importing.runs import ImportRun, Tell, bring_in


async def import_milestone_grants(
    run: ImportRun, content: bytes, name: str, programme_id: UUID | None, tell: Tell
) -> ImportReport:
    """Bring in the applications of a file, each whole or not at all.

    Without a programme they lie under one of the source's own. Raises ImportFileUnreadable.
    """
    read = records.read(content, name, run.at.date(), programme_id)
    return await bring_in(run, read, tell)
