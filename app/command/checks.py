"""`pln check`: looking over a file of open data, ours or anybody's, without a database."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Final

import typer

from app.command.output import AsJson
from app.intake.importing.giving.files import read_package
from app.kernel import printable
from app.kernel.clock import SystemClock, day
from app.publishing.giving.standard.findings import Finding, FindingKind, examine

UNSOUND: Final = 3
"""What the process answers where a file is not what its standard asks for."""

_SHOWN: Final = 5
"""How many findings of one code are printed; all of them are told as JSON."""

checks = typer.Typer(
    help="Look over a file of open data.",
    epilog="Exit codes: 0 nothing wrong by the standard, whatever could be better; 1 the file "
    "cannot be read; 2 wrong usage; 3 there are errors.",
    no_args_is_help=True,
)


@checks.callback()
def of_a_standard() -> None:
    """Look over a file of open data."""


@checks.command("360giving")
def giving(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON, CSV or a workbook."),
    ],
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with a file by the 360Giving Data Standard, and what could be better."""
    package = read_package(file.read_bytes(), file.name)
    found = list(examine(package, day(SystemClock().now(), "UTC")))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
    else:
        typer.echo("\n".join(as_lines(found)))
    if any(one.kind is FindingKind.ERROR for one in found):
        raise typer.Exit(UNSOUND)


def as_lines(found: Sequence[Finding]) -> Iterator[str]:
    """What was found, as a person reads it: by code, the first of each with where they stand."""
    kinds = Counter(one.kind for one in found)
    yield ", ".join(f"{kind.value} {kinds[kind]}" for kind in FindingKind)
    for kind in FindingKind:
        of_kind = [one for one in found if one.kind is kind]
        for code, count in Counter(one.code for one in of_kind).items():
            yield f"\n{kind.value} {code}: {count}"
            shown = (one for one in of_kind if one.code == code)
            for one in islice(shown, _SHOWN):
                yield f"  {printable.line_of(one.path)}: {one.detail}"
            if count > _SHOWN:
                yield f"  and {count - _SHOWN} more"
