"""The `pln` command. Data goes to standard output, progress to standard error.

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 found unhealthy.
"""

import asyncio
import json
import os
import shlex
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import Annotated

import psycopg
import typer
from sqlalchemy.exc import OperationalError

import app.registry  # noqa: F401  # pyright: ignore[reportUnusedImport]  (fills the invariants)
from app.command import documentation
from app.command.accounts import UnknownAccount, accounts, keys, token
from app.command.checks import checks
from app.command.imports import imports
from app.command.ledger import ledger
from app.command.output import AsJson, complain, show, show_rows, tell
from app.command.serving import PortTaken, hand_down, reserve, serve, worker_beside
from app.command.worker import work
from app.installation import backup, doctor, logs, migrations
from app.installation.binaries import PostgresUnusable
from app.installation.embedded import open_database
from app.installation.presence import StillServed, refuse_while_served, serving_from
from app.intake.demo import opening
from app.intake.demo.playbill import as_text
from app.kernel.errors import FieldProblem, Refusal
from app.main import create_app
from app.settings import SettingsRefused, get_settings
from app.web import contract, contract_report

REFUSALS = (
    SettingsRefused,
    PostgresUnusable,
    PortTaken,
    StillServed,
    backup.BackupFailed,
    opening.NotADemonstration,
    opening.Interrupted,
    UnknownAccount,
    Refusal,
    OperationalError,
    psycopg.OperationalError,
)
WHERE_IT_IS = ("PLN_DATA_DIR", "PLN_PORT", "PLN_PUBLIC_URL")
LOOPBACK = "127.0.0.1"
LOCAL_FRONT_ENDS = tuple(
    f"http://{host}:{port}" for host in ("localhost", LOOPBACK) for port in (3000, 4200, 5173, 8080)
)
"""Where the usual tools serve a front-end that is being written, whose pages may call the
demonstration."""


class Exit(IntEnum):
    """What the process answers to its caller; click itself answers 2 to wrong usage."""

    DONE = 0
    FAILED = 1
    UNHEALTHY = 3


pln = typer.Typer(
    name="pln",
    help="The peer learning network's service.",
    epilog="Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 found unhealthy.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
pln.add_typer(accounts, name="accounts")
pln.add_typer(keys, name="keys")
pln.add_typer(imports, name="import")
pln.add_typer(checks, name="check")
pln.add_typer(ledger, name="ledger")
pln.command("token")(token)

NewFile = Annotated[Path, typer.Argument(dir_okay=False, help="The file to write.")]
OldFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to read.")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; what is refused is said in a sentence and exits with 1."""
    signal.signal(signal.SIGTERM, leave)
    try:
        pln(arguments, prog_name="pln")
    except REFUSALS as refusal:
        faults: list[FieldProblem] = getattr(refusal, "errors", [])
        complain("\n".join([str(refusal), *(fault.detail for fault in faults)]))
        sys.exit(Exit.FAILED)


@pln.command()
def demo(
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw away what the demonstration made, and replay.")
    ] = False,
) -> None:
    """Replay the real network on an empty database, and serve it on this machine alone."""
    given = get_settings()
    origins = given.cors_origins or LOCAL_FRONT_ENDS
    settings = given.model_copy(update={"host": LOOPBACK, "cors_origins": origins})
    command = as_called()
    with reserve(settings) as listener, open_database(settings) as urls, ExitStack() as beside:
        found = hand_down(settings, urls)
        beside.enter_context(serving_from(found.data_dir, found.port, found.public_url))
        if reset:
            refuse_while_served(found.data_dir, found.port)
        migrations.upgrade(urls.owner, urls.app)
        if reset and asyncio.run(opening.may_be_reset(found)):
            migrations.start_over(urls.owner, urls.app)
        logs.configure("error")  # the story has a letter that fails
        bill = asyncio.run(opening.open_demonstration(found, tell))
        logs.configure(found.log_level)
        beside.enter_context(worker_beside(found))
        serve(listener, lambda: typer.echo(as_text(bill, found.public_url, command)))


@pln.command("serve")
def serve_api() -> None:
    """Answer requests; without PLN_DATABASE_URL on a PostgreSQL of its own, with a worker."""
    settings = get_settings()
    with reserve(settings) as listener, open_database(settings) as urls, ExitStack() as beside:
        found = hand_down(settings, urls)
        if settings.is_embedded:
            beside.enter_context(serving_from(found.data_dir, found.port, found.public_url))
            migrations.upgrade(urls.owner, urls.app)
            beside.enter_context(worker_beside(found))
        serve(listener, lambda: tell(f"Ready: {found.public_url}"))


@pln.command("work")
def run_jobs() -> None:
    """Run jobs, long operations and the clock's rounds, until SIGTERM."""
    settings = get_settings()
    with open_database(settings) as urls:
        logs.configure(settings.log_level)
        asyncio.run(work(hand_down(settings, urls)))


@pln.command()
def migrate(
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements only.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit 3 if something is to be done.")
    ] = False,
) -> None:
    """Bring the database to this release, and let the application's role use it."""
    if sql:
        migrations.write_upgrade(sys.stdout)
        return
    with open_database(get_settings()) as urls:
        if not check:
            migrations.upgrade(urls.owner, urls.app)
        is_current = migrations.is_at_head(urls.owner)
    tell(f"The database is {'' if is_current else 'not '}that of this release.")
    if not is_current:
        raise typer.Exit(Exit.UNHEALTHY)


@pln.command("backup")
def back_up(file: NewFile, as_json: AsJson = False) -> None:
    """Write the whole database into a new file.

    What is encrypted in it needs PLN_SECRET_KEY to be read: keep that elsewhere.
    """
    settings = get_settings()
    with open_database(settings) as urls:
        size = backup.back_up(urls.owner, file, settings.postgres_bin)
    show(as_json, {"file": str(file), "bytes": size}, f"{file}: {size:,} bytes")


@pln.command()
def restore(
    file: OldFile,
    replace: Annotated[
        bool, typer.Option("--replace", help="Drop what the database holds.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup into an empty database, migrate it and look it over."""
    settings = get_settings()
    with open_database(settings) as urls:
        backup.restore(urls.owner, file, replace=replace, postgres_bin=settings.postgres_bin)
        migrations.upgrade(urls.owner, urls.app)
        findings = doctor.examine(settings, urls.app)
    report(as_json, findings)


@pln.command("doctor")
def examine(
    as_json: AsJson = False,
    upgrade: Annotated[
        bool,
        typer.Option("--upgrade", help="List who would lose what by this release, and no more."),
    ] = False,
) -> None:
    """Look over the settings, the database and every invariant; exit 3 on a fault."""
    settings = get_settings()
    with open_database(settings) as urls:
        findings = doctor.foresee(urls.app) if upgrade else doctor.examine(settings, urls.app)
    report(as_json, findings)


@pln.command("contract")
def write_contract(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if the file is not current.")
    ] = False,
    report_figures: Annotated[
        bool, typer.Option("--report", help="Write nothing; say how large it is and what it lacks.")
    ] = False,
) -> None:
    """Write openapi/openapi.json from the code."""
    application = create_app()
    if report_figures:
        for name, figure in contract_report.report(contract.describe(application)).items():
            typer.echo(f"{name}: {figure}")
    elif not check:
        contract.write(application)
    elif not contract.check(application):
        refuse(f"{contract.FILE} does not say what the code does; run make contract-write.")
    elif broken := contract.breaks():
        refuse("\n".join(["It breaks clients of the baseline (see openapi/README.md):", *broken]))


@pln.command("documentation", hidden=True)
def write_documentation(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 if a page is not current.")
    ] = False,
) -> None:
    """Write the pages of docs/ that are made from the code."""
    if not check:
        documentation.write()
    elif stale := documentation.stale():
        names = ", ".join(page.name for page in stale)
        refuse(f"Not what the code says: {names} in docs; run make docs.")


def as_called() -> str:
    """Return how to call `pln` in another terminal so that it finds the same service."""
    set_here = [name for name in WHERE_IT_IS if name in os.environ]
    variables = [f"{name}={shlex.quote(os.environ[name])}" for name in set_here]
    return " ".join([*variables, shlex.quote(str(Path(sys.executable).with_name("pln")))])


def leave(number: int, _frame: FrameType | None) -> None:
    """Leave through every `finally`, with the status that a supervisor expects of a signal."""
    raise SystemExit(128 + number)


def refuse(sentence: str) -> None:
    """Say why a command failed, and leave it."""
    complain(sentence)
    raise typer.Exit(Exit.FAILED)


def report(as_json: bool, findings: Iterable[doctor.Finding]) -> None:
    """Print what the doctor found, faults last, and leave with 3 when there are any."""
    severity = list(doctor.Outcome)
    rows = sorted(findings, key=lambda found: severity.index(found.outcome))
    is_healthy = all(found.outcome is not doctor.Outcome.FAULT for found in rows)
    if as_json:
        checks = [{"name": row.name, "outcome": row.outcome, "detail": row.detail} for row in rows]
        typer.echo(json.dumps({"is_healthy": is_healthy, "checks": checks}))
    else:
        lines = [(row.name, row.outcome, row.detail) for row in rows]
        show_rows(("check", "outcome", "detail"), lines)
    if not is_healthy:
        raise typer.Exit(Exit.UNHEALTHY)


if __name__ == "__main__":
    main()
