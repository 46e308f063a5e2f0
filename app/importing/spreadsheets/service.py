"""Importing a spreadsheet as a long operation: looked through whole, then brought in whole."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.files import access as files
from app.identity.access import require
from app.identity.actors import SignedIn
from app.identity.links import Links
from app.identity.scopes import NETWORK_ID
from app.importing.spreadsheets import organisations, people, sheets
from app.importing.spreadsheets.outcomes import Outcome
from app.importing.spreadsheets.schemas import ImportSpreadsheet, SpreadsheetReport
from app.importing.spreadsheets.sheets import Columns, Line, SheetUnreadable
from app.kernel.errors import Unprocessable, not_allowed
from app.kernel.operations import Run, operation, start
from app.kernel.storage import storage
from app.operations.schemas import OperationOut
from app.operations.service import described

ORGANISATIONS: Final = "import_organisations"
PEOPLE: Final = "import_people"

BringIn = Callable[[AsyncSession, SignedIn, Sequence[Line], Outcome], Awaitable[None]]
"""Does what the lines ask for, and says what came of each."""


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
    return described(await start(db, actor, kind, body.model_dump(mode="json")))


@operation(ORGANISATIONS)
async def run_import_of_organisations(run: Run, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Add the organisations of a file that the register does not have."""

    async def bring_in(
        db: AsyncSession, actor: SignedIn, lines: Sequence[Line], outcome: Outcome
    ) -> None:
        wanted = await organisations.bring_in(db, actor, lines, outcome)
        if not outcome.faults:
            await organisations.add(db, actor, wanted)

    return await _import(run, arguments, organisations.COLUMNS, bring_in)


@operation(PEOPLE)
async def run_import_of_people(run: Run, arguments: dict[str, Any]) -> dict[str, Any] | None:
    """Invite the people of a file who do not hold their roles yet."""
    links = Links(run.work.settings.frontend_url)

    async def bring_in(
        db: AsyncSession, actor: SignedIn, lines: Sequence[Line], outcome: Outcome
    ) -> None:
        await people.bring_in(db, actor, lines, outcome, links)

    return await _import(run, arguments, people.COLUMNS, bring_in)


async def _import(
    run: Run, arguments: dict[str, Any], columns: Columns, bring_in: BringIn
) -> dict[str, Any]:
    body = ImportSpreadsheet.model_validate(arguments)
    content = await _content(run, body)
    outcome = Outcome()
    try:
        lines, outcome.faults = sheets.read(content, columns)
    except SheetUnreadable as unreadable:
        outcome.faults = [*unreadable.faults]
        return outcome.report(is_dry_run=body.dry_run).model_dump(mode="json")
    async with run.transaction() as (db, actor):
        report = await _bring_in_whole(db, _account(actor), lines, outcome, bring_in, body.dry_run)
        result = report.model_dump(mode="json")
        await run.finish(db, result)
    return result


async def _bring_in_whole(
    db: AsyncSession,
    actor: SignedIn,
    lines: Sequence[Line],
    outcome: Outcome,
    bring_in: BringIn,
    is_dry_run: bool,
) -> SpreadsheetReport:
    """Do what all the lines ask for, and take it back where one has a fault or none is meant."""

    async def attempt() -> None:
        await bring_in(db, actor, lines, outcome)
        if outcome.faults or is_dry_run:
            raise _TakenBack

    with suppress(_TakenBack):
        async with db.begin_nested():
            await attempt()
    return outcome.report(is_dry_run=is_dry_run)


async def _content(run: Run, body: ImportSpreadsheet) -> bytes:
    async with run.transaction() as (db, actor):
        file, _ = await files.file(db, _account(actor), body.file_id)
    pieces = storage.read(run.work.database.read, file.id, 0, file.size)
    return b"".join([piece async for piece in pieces])


def _account(actor: object) -> SignedIn:
    assert isinstance(actor, SignedIn), "operations are asked for by accounts"
    return actor
