"""How the `pln` command speaks: data to standard output, progress to standard error."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

progress = Console(highlight=False, soft_wrap=True, stderr=True)


def show(as_json: bool, data: Mapping[str, Any], sentence: str) -> None:
    """Print what a command found out: for programs, or in a sentence."""
    typer.echo(json.dumps(data) if as_json else sentence)


def show_rows(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under their heads, in columns as wide as they need: nothing is cut or wrapped."""
    lines = [heads, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())


def tell(sentence: str) -> None:
    """Say how it went, to whoever watches."""
    progress.print(sentence, markup=False)


def complain(sentence: str) -> None:
    """Say what is wrong."""
    progress.print(sentence, style="red", markup=False)
