"""How the `pln` command speaks: data to standard output, progress to standard error."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

output = Console(highlight=False, soft_wrap=True)
progress = Console(highlight=False, soft_wrap=True, stderr=True)


def show(as_json: bool, data: Mapping[str, Any], sentence: str) -> None:
    """Print what a command found out: for programs, or in a sentence."""
    if as_json:
        typer.echo(json.dumps(data))
    else:
        output.print(sentence, markup=False)


def tell(sentence: str) -> None:
    """Say how it went, to whoever watches."""
    progress.print(sentence, markup=False)


def complain(sentence: str) -> None:
    """Say what is wrong."""
    progress.print(sentence, style="red", markup=False)
