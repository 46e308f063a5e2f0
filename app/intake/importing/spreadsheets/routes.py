"""The endpoints that import spreadsheets."""

from typing import Any

from app.intake.importing.spreadsheets import service
from app.intake.importing.spreadsheets.schemas import ImportSpreadsheet
from app.intake.importing.spreadsheets.service import SpreadsheetTooLarge
from app.people.files.access import FileNotFound
from app.people.identity.deps import CurrentActor
from app.people.operations.schemas import OperationOut
from app.web.routing import Router
from app.web.transaction import Db

router = Router("Imports")

_ASKED: dict[str, Any] = {
    "status": 202,
    "location": "/v1/operations/{id}",
    "refuses": (FileNotFound, SpreadsheetTooLarge),
    "example": {"file_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91", "dry_run": True},
}


@router.post("/imports/organisations", permission="organisation.create", **_ASKED)
async def import_organisations(
    db: Db, actor: CurrentActor, body: ImportSpreadsheet
) -> OperationOut:
    """Add the organisations of a spreadsheet that you have uploaded: all that are new, or none.

    A workbook, or CSV as any spreadsheet writes it. Columns: `name`, `kind` (or `type`); `country`,
    `website`, `identifiers` (such as GB-COH-09506232, several with a blank between them); others
    are set aside, and titles above the header too. Countries and kinds are understood as people
    write them. What `GET /v1/organisations` gives as CSV can be read in again. An organisation that
    is there already, by `id`, identifier, or name and country, is left as it is. The operation's
    `result` says how the file was read, and of each line whether it is accepted, already there, or
    refused and why; with any fault nothing is imported, and the operation is `refused`.
    """
    return await service.import_organisations(db, actor, body)


@router.post("/imports/people", permission="invitation.create", **_ASKED)
async def import_people(db: Db, actor: CurrentActor, body: ImportSpreadsheet) -> OperationOut:
    """Invite the people of a spreadsheet that you have uploaded: all who are new, or none.

    A workbook, or CSV as any spreadsheet writes it. Columns: `name`, `email`, `role`, `where` (the
    reference of a programme, a cohort or a collaboration); others are set aside. It takes what
    inviting each of them takes. Links are mailed; where mail is not configured,
    `resend_invitation` gives a new one. The operation's `result` says how the file was read, and of
    each line whether it is accepted, already there, or refused and why; with any fault nobody is
    invited, and the operation is `refused`.
    """
    return await service.import_people(db, actor, body)
