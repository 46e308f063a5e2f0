"""`pln ledger`: bringing grants that stand already into the books of a fund."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic import BaseModel, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.command.accounts import transact
from app.command.imports import DryRun, ImportAs, ProgrammeUnknownHere, importer_of
from app.command.output import AsJson
from app.funding.funds.references import Numbered
from app.funding.grants.models import Milestone
from app.funding.payments.opening.schemas import LeftOutOut, OpeningReport, Paid, Wanted
from app.funding.payments.opening.service import open_books
from app.intake.importing.milestone_grants.paid import imported_as_paid
from app.kernel.money import Money, decimal
from app.kernel.schemas import Day
from app.network.programmes.models import Programme
from app.people.identity.access import visible
from app.people.identity.actors import SignedIn
from app.settings import Settings

ledger = typer.Typer(help="The books of funds.", no_args_is_help=True)

COLUMNS = ("milestone", "paid_on", "bank_reference")


class PaidLine(BaseModel):
    """A line of the file of what was paid."""

    milestone: str
    paid_on: Day | None = None
    bank_reference: Numbered | None = None


PaidFile = Annotated[
    Path | None,
    typer.Option(
        "--paid",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A CSV file of what was paid before: milestone (its reference), paid_on, "
        "bank_reference; the last two may be empty.",
    ),
]
Funder = Annotated[
    UUID | None,
    typer.Option(
        "--funder",
        metavar="ORGANISATION_ID",
        help="Who gave the money, where a programme names no funder or several.",
    ),
]
Of = Annotated[
    str | None,
    typer.Option("--programme", metavar="REFERENCE", help="The grants of this one alone."),
]


@ledger.callback()
def of_funds() -> None:
    """The books of funds."""


@ledger.command("open")
def open_(
    paid: PaidFile = None,
    programme: Of = None,
    funder: Funder = None,
    acting: ImportAs = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Bring grants that stand before the books into them, each as its status says.

    One fund for each programme and currency receives what was awarded; it pays nothing until
    somebody of finance has confirmed it. Run again, it brings in what is new and changes nothing
    that is there.
    """
    lines = list(_read(paid)) if paid else []

    async def bring(db: AsyncSession, _settings: Settings) -> OpeningReport:
        actor = await importer_of(db, acting)
        found = await _milestones(db, lines)
        said = {found[one.milestone]: _paid(one) for one in lines if one.milestone in found}
        wanted = Wanted(funder, said, await imported_as_paid(db))
        programmes = await _programmes(db, actor, programme)
        report = await open_books(db, actor, programmes, wanted, is_dry_run=dry_run)
        report.left_out += [_unknown(one) for one in lines if one.milestone not in found]
        return report

    report = transact(bring)
    typer.echo(report.model_dump_json() if as_json else "\n".join(as_lines(report)))


def _read(file: Path) -> Iterator[PaidLine]:
    """The lines of the file of what was paid. Refused as wrong usage, with the line, where one
    cannot be read."""
    with file.open(newline="", encoding="utf-8-sig") as text:
        rows = csv.DictReader(text)
        if rows.fieldnames is None or set(rows.fieldnames) != set(COLUMNS):
            raise typer.BadParameter(f"{file} must have the columns {', '.join(COLUMNS)}.")
        for number, row in enumerate(rows, start=2):
            try:
                yield PaidLine.model_validate({name: said or None for name, said in row.items()})
            except ValidationError as error:
                fault = error.errors()[0]
                where = ".".join(str(part) for part in fault["loc"])
                raise typer.BadParameter(f"line {number}, {where}: {fault['msg']}") from error


def _paid(line: PaidLine) -> Paid:
    return Paid(line.paid_on, line.bank_reference)


async def _milestones(db: AsyncSession, lines: list[PaidLine]) -> dict[str, UUID]:
    named = {line.milestone for line in lines}
    found = select(Milestone.reference, Milestone.id).where(Milestone.reference.in_(named))
    return {row.reference: row.id for row in await db.execute(found)}


def _unknown(line: PaidLine) -> LeftOutOut:
    detail = "There is no milestone of this reference."
    return LeftOutOut(reference=line.milestone, title=None, code="milestone_unknown", detail=detail)


async def _programmes(db: AsyncSession, actor: SignedIn, reference: str | None) -> list[UUID]:
    seen = visible(Programme, actor, "programme.read").order_by(Programme.reference)
    if reference is not None:
        seen = seen.where(Programme.reference == reference)
    found = list(await db.scalars(seen.with_only_columns(Programme.id)))
    if reference is not None and not found:
        raise ProgrammeUnknownHere
    return found


def as_lines(report: OpeningReport) -> Iterator[str]:
    """The report as a person reads it."""
    comes = "would come" if report.is_dry_run else "came"
    yield (
        f"{len(report.grants)} grants {comes} into the books, {report.already_there} were there; "
        f"{report.paid} milestones {'would be' if report.is_dry_run else 'are'} found paid."
    )
    for fund in report.funds:
        yield (
            f"{fund.reference} ({fund.programme}): received {_said(fund.received)}, "
            f"unallocated {_said(fund.unallocated)}, {_promised(fund)}"
        )
    for grant in report.grants:
        yield f"  {grant.reference} in {grant.fund}: {_said(grant.award)}: {_promised(grant)}"
    if report.left_out:
        yield "Left out:"
    for one in report.left_out:
        called = f"{one.reference} (“{one.title}”)" if one.title else one.reference
        yield f"  {called}: {one.code}: {one.detail}"


def _promised(held: object) -> str:
    names = ("reserved", "committed", "payable", "disbursed")
    return ", ".join(f"{name} {_said(getattr(held, name))}" for name in names)


def _said(amount: Money) -> str:
    return f"{amount.currency} {decimal(amount.amount_minor, amount.currency)}"
