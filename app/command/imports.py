"""`pln import`: bringing in the history that another system kept, for whoever runs the machine."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.command.accounts import acting_as
from app.command.output import AsJson, progress
from app.command.serving import hand_down
from app.installation import migrations
from app.installation.embedded import open_database
from app.intake.importing.giving.records import SOURCE as GIVING
from app.intake.importing.giving.records import bring_in_package
from app.intake.importing.milestone_grants.records import bring_in_applications
from app.intake.importing.milestone_grants.source import SOURCE as MILESTONE_GRANTS
from app.intake.importing.open_data_index.records import bring_in_folder as bring_in_index
from app.intake.importing.open_data_index.source import SOURCE as OPEN_DATA_INDEX
from app.intake.importing.open_data_pathway.records import bring_in_questionnaire
from app.intake.importing.open_data_pathway.source import SOURCE as OPEN_DATA_PATHWAY
from app.intake.importing.open_seeds.records import bring_in_folder
from app.intake.importing.open_seeds.source import SOURCE as OPEN_SEEDS
from app.intake.importing.report import ImportReport, as_text
from app.intake.importing.runs import ImportRun, Tell
from app.intake.importing.spreadsheets.outcomes import as_sentences
from app.intake.importing.spreadsheets.schemas import SpreadsheetReport
from app.intake.importing.spreadsheets.service import Noun, bring_in
from app.kernel.clock import SystemClock, now
from app.kernel.db import Database, new_id
from app.kernel.errors import NotFound
from app.network.programmes.models import Programme
from app.people.identity.access import visible
from app.people.identity.actors import SignedIn
from app.people.identity.links import Links
from app.people.identity.models import Account, RoleAssignment
from app.people.identity.queries import actor_of
from app.people.identity.role_assignments.access import is_valid
from app.people.identity.roles import Role
from app.settings import Settings, get_settings

imports = typer.Typer(
    help="Bring in what another system kept. Run again, it goes on where it was stopped and "
    "changes nothing that is there.",
    epilog="Exit codes: 0 done, whatever was refused is in the report; 1 nothing was brought in, "
    "or the run was cut off; 2 wrong usage.",
    no_args_is_help=True,
)

ImportFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to read.")
]
ImportFolder = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, readable=True, help="The folder to read.")
]
ImportAs = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="EMAIL",
        help="The administrator who imports; need not be said where there is one.",
    ),
]
Under = Annotated[
    str | None,
    typer.Option(
        "--programme",
        metavar="REFERENCE",
        help="The programme to import under; otherwise one of the source's own.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen, and leave nothing behind.")
]

Bring = Callable[[ImportRun, UUID | None, Tell], Awaitable[ImportReport]]
"""Imports under a programme, or under the source's own."""


class ImporterUnknown(NotFound):
    """There is not exactly one administrator: say who imports, with --as EMAIL."""


class ProgrammeUnknownHere(NotFound):
    """No programme has this reference."""


@imports.command("milestone-grants")
def milestone_grants(
    file: ImportFile,
    programme: Under = None,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import grants paid by milestones, with what was delivered and evaluated, from one file."""

    async def bring(run: ImportRun, programme_id: UUID | None, tell: Tell) -> ImportReport:
        content = file.read_bytes()
        return await bring_in_applications(run, content, file.name, programme_id, tell)

    show(as_json, transact(MILESTONE_GRANTS, bring, acting, programme, dry_run=dry_run))


@imports.command("open-seeds")
def open_seeds(
    folder: ImportFolder,
    programme: Under = None,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import cohorts, projects, people and organisations from a folder of OLS (Open Seeds)."""

    async def bring(run: ImportRun, programme_id: UUID | None, tell: Tell) -> ImportReport:
        return await bring_in_folder(run, folder, programme_id, tell)

    show(as_json, transact(OPEN_SEEDS, bring, acting, programme, dry_run=dry_run))


@imports.command("open-data-index")
def open_data_index(
    folder: ImportFolder,
    programme: Under = None,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import the answers of past years from a folder of an index of open data: questions.csv,
    datasets.csv, places.csv and entries.csv."""

    async def bring(run: ImportRun, programme_id: UUID | None, tell: Tell) -> ImportReport:
        return await bring_in_index(run, folder, programme_id, tell)

    show(as_json, transact(OPEN_DATA_INDEX, bring, acting, programme, dry_run=dry_run))


@imports.command("open-data-pathway")
def open_data_pathway(
    file: ImportFile,
    programme: Under = None,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import a questionnaire of ODI's Open Data Pathway as a framework, from one file of JSON."""

    async def bring(run: ImportRun, programme_id: UUID | None, tell: Tell) -> ImportReport:
        content = file.read_bytes()
        return await bring_in_questionnaire(run, content, file.name, programme_id, tell)

    show(as_json, transact(OPEN_DATA_PATHWAY, bring, acting, programme, dry_run=dry_run))


@imports.command("360giving")
def giving(
    file: ImportFile, acting: ImportAs = None, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Import grants that another funder published by the 360Giving Data Standard: JSON, CSV or a
    workbook. Grants that are there already are changed where their funder changed them."""

    async def bring(run: ImportRun, _programme_id: UUID | None, tell: Tell) -> ImportReport:
        return await bring_in_package(run, file.read_bytes(), file.name, tell)

    show(as_json, transact(GIVING, bring, acting, None, dry_run=dry_run))


@imports.command("csv")
def spreadsheet(
    noun: Annotated[Noun, typer.Argument(help="What the file holds, a line each.")],
    file: ImportFile,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Import organisations, or invite people, from a spreadsheet: all of its lines, or none."""
    with _migrated() as settings:
        report = asyncio.run(_bring_in(settings, noun, file.read_bytes(), acting, dry_run=dry_run))
    typer.echo(report.model_dump_json() if as_json else as_sentences(report))
    if report.fault_count:
        raise typer.Exit(1)


async def _bring_in(
    settings: Settings, noun: Noun, content: bytes, acting: str | None, *, dry_run: bool
) -> SpreadsheetReport:
    database = Database.connect(settings, SystemClock())
    links = Links(settings.frontend_url)
    try:
        async with database.transaction() as db:
            importer = await importer_of(db, acting)
            return await bring_in(db, importer, noun, content, links=links, is_dry_run=dry_run)
    finally:
        await database.dispose()


@contextmanager
def _migrated() -> Generator[Settings]:
    """The settings with a database that is at head, where it is our own."""
    settings = get_settings()
    with open_database(settings) as urls:
        if settings.is_embedded and not migrations.is_at_head(urls.owner):
            migrations.upgrade(urls.owner, urls.app)
        yield hand_down(settings, urls)


def show(as_json: bool, report: ImportReport) -> None:
    """Print what an import did. Leaves with 1 where it brought nothing in, or would not."""
    typer.echo(report.model_dump_json() if as_json else as_text(report))
    if report.is_fruitless:
        raise typer.Exit(1)


def transact(
    source: str, bring: Bring, acting: str | None, programme: str | None, *, dry_run: bool
) -> ImportReport:
    """Import into the database of the settings, with a bar on standard error."""
    with _migrated() as settings:
        return asyncio.run(_import(settings, source, bring, acting, programme, dry_run=dry_run))


async def _import(
    settings: Settings,
    source: str,
    bring: Bring,
    acting: str | None,
    programme: str | None,
    *,
    dry_run: bool,
) -> ImportReport:
    database = Database.connect(settings, SystemClock())
    try:
        async with database.transaction() as db:
            importer = await importer_of(db, acting)
            programme_id = await _programme(db, importer, programme)

        @asynccontextmanager
        async def begin() -> AsyncGenerator[tuple[AsyncSession, SignedIn]]:
            async with database.transaction() as db:
                actor = await actor_of(db, importer.account_id)
                if actor is None:
                    raise ImporterUnknown
                yield db, actor

        run = ImportRun(source, new_id(), database.clock.now(), begin, dry_run)
        with Progress(console=progress) as bar:
            task = bar.add_task(source)

            async def tell(done: int, of: int) -> None:
                bar.update(task, completed=done, total=of)

            return await bring(run, programme_id, tell)
    finally:
        await database.dispose()


async def importer_of(db: AsyncSession, email: str | None) -> SignedIn:
    if email is not None:
        return await acting_as(db, email)
    administrators = (
        select(Account.email)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            RoleAssignment.role == Role.ADMINISTRATOR,
            is_valid(now(db)),
            Account.disabled_at.is_(None),
            Account.email.is_not(None),
        )
    )
    found = list(await db.scalars(administrators.limit(2)))
    if len(found) != 1:
        raise ImporterUnknown
    return await acting_as(db, str(found[0]))


async def _programme(db: AsyncSession, importer: SignedIn, reference: str | None) -> UUID | None:
    if reference is None:
        return None
    seen = visible(Programme, importer, "programme.read").where(Programme.reference == reference)
    programme = await db.scalar(seen)
    if programme is None:
        raise ProgrammeUnknownHere
    return programme.id
