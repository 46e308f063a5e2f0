"""Importing a spreadsheet as a long operation: looked through whole, then brought in whole."""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.background.operations import Counts, Run, operation
from app.background.storage import storage
from app.intake.importing.reading import ImportRefused
from app.intake.importing.spreadsheets import organisations, people, sheets
from app.intake.importing.spreadsheets.grids import SheetUnreadable
from app.intake.importing.spreadsheets.outcomes import Outcome
from app.intake.importing.spreadsheets.schemas import ImportSpreadsheet, SpreadsheetReport
from app.intake.importing.spreadsheets.sheets import Line
from app.kernel.errors import Unprocessable, not_allowed
from app.people.files import access as files
from app.people.identity.access import require
from app.people.identity.actors import SignedIn
from app.people.identity.links import Links
from app.people.identity.scopes import NETWORK_ID
from app.people.operations.schemas import OperationOut
from app.people.operations.service import request_operation

ORGANISATIONS: Final = "import_organisations"
PEOPLE: Final = "import_people"


class Noun(StrEnum):
    """What a spreadsheet may hold."""

    ORGANISATIONS = "organisations"
    PEOPLE = "people"


_COLUMNS: Final = {Noun.ORGANISATIONS: organisations.COLUMNS, Noun.PEOPLE: people.COLUMNS}


class SpreadsheetTooLarge(Unprocessable):
    """The file is larger than a table may be. Split it."""


class _TakenBack(Exception):
    """Not a fault: nothing of what was done is kept."""


async def import_organisations(
    db: AsyncSession, actor: SignedIn, body: ImportSpreadsheet
) -> OperationOut:
    """Ask for an import. Raises NotAllowed (403), FileNotFound (404), SpreadsheetTooLarge (422)."""
    require(actor, "organisation.create", NETWORK_ID)
    return await _ask(db, actor, ORGANISATIONS, body)


async def import_people(db: AsyncSession, actor: SignedIn, body: ImportSpreadsheet) -> OperationOut:
    """Ask for an import. Raises NotAllowed (403), FileNotFound (404), SpreadsheetTooLarge (422)."""
    if not actor.holds_somewhere("invitation.create"):
        raise not_allowed("invitation.create")
    return await _ask(db, actor, PEOPLE, body)


async def _ask(
    db: AsyncSession, actor: SignedIn, kind: str, body: ImportSpreadsheet
) -> OperationOut:
    file, _ = await files.file(db, actor, body.file_id)
    if file.size > sheets.MOST_BYTES:
        raise SpreadsheetTooLarge(extra={"limit": sheets.MOST_BYTES})
    return await request_operation(db, actor, kind, body.model_dump(mode="json"))


@operation(ORGANISATIONS, SpreadsheetReport)
async def run_import_of_organisations(run: Run, arguments: dict[str, Any]) -> None:
    """Add the organisations of a file that the register does not have."""
    await _run(run, arguments, Noun.ORGANISATIONS)


@operation(PEOPLE, SpreadsheetReport)
async def run_import_of_people(run: Run, arguments: dict[str, Any]) -> None:
    """Invite the people of a file who do not hold their roles yet."""
    await _run(run, arguments, Noun.PEOPLE)


async def _run(run: Run, arguments: dict[str, Any], noun: Noun) -> None:
    body = ImportSpreadsheet.model_validate(arguments)
    content = await _content(run, body)
    links = Links(run.work.settings.frontend_url)
    async with run.transaction() as (db, actor):
        report = await bring_in(
            db, _account(actor), noun, content, links=links, is_dry_run=body.dry_run
        )
        result = report.model_dump(mode="json")
        if report.is_dry_run:
            await run.finish(db, result)
        elif report.fault_count:
            await run.refuse(db, ImportRefused(), result, _counts(report))
        else:
            await run.finish(db, result, _counts(report))


def _counts(report: SpreadsheetReport) -> Counts:
    return Counts(
        done=len(report.accepted) if report.is_imported else 0,
        unchanged=len(report.already_there),
        refused=len(report.refused),
    )


async def bring_in(
    db: AsyncSession,
    actor: SignedIn,
    noun: Noun,
    content: bytes,
    *,
    links: Links,
    is_dry_run: bool,
) -> SpreadsheetReport:
    """Do what all the lines of a table ask for; nothing where one has a fault or none is meant.

    Raises NotAllowed (403), and whatever stands in the way of all of it.
    """
    outcome = Outcome()

    async def attempt(lines: Sequence[Line]) -> None:
        if noun is Noun.ORGANISATIONS:
            await organisations.bring_in(db, actor, lines, outcome)
        else:
            await people.bring_in(db, actor, lines, outcome, links)
        if outcome.faults or is_dry_run:
            raise _TakenBack

    try:
        table = await asyncio.to_thread(sheets.read, content, _COLUMNS[noun])
        outcome = Outcome(names=table.names, read=table.read, faults=[*table.faults])
        async with db.begin_nested():
            await attempt(table.lines)
    except SheetUnreadable as unreadable:
        outcome.faults = [*unreadable.faults]
    except _TakenBack:
        pass
    return outcome.report(is_dry_run=is_dry_run)


async def _content(run: Run, body: ImportSpreadsheet) -> bytes:
    async with run.transaction() as (db, actor):
        file, _ = await files.file(db, _account(actor), body.file_id)
    pieces = storage.read(run.work.database.read, file.id, 0, file.size)
    return b"".join([piece async for piece in pieces])


def _account(actor: object) -> SignedIn:
    assert isinstance(actor, SignedIn), "operations are asked for by accounts"
    return actor
