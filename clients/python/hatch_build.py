"""Generates `pln_client.contract` from the document beside which this package lies."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi" / "openapi.json"
CONTRACT = HERE / "src" / "pln_client" / "contract"


class Generated(BuildHookInterface[Any]):
    """The endpoints and models of the document, of which nothing is left out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate them anew, whatever is there."""
        generate = ("-m", "openapi_python_client", "generate", "--meta", "none")
        strictly = ("--fail-on-warning", "--overwrite", "--config", HERE / "generator.yaml")
        into = ("--path", DOCUMENT, "--output-path", CONTRACT)
        subprocess.run([sys.executable, *generate, *strictly, *into], check=True)  # noqa: S603  (our own arguments)
        (CONTRACT / "keyed.py").write_text(_keyed(json.loads(DOCUMENT.read_text())["paths"]))


def _keyed(paths: dict[str, dict[str, Any]]) -> str:
    """A module that says which writes take an Idempotency-Key."""
    keyed = sorted(
        f"{method.upper()} " + re.sub(r"{\w+}", "[^/]+", path)
        for path, item in paths.items()
        for method, operation in item.items()
        if any(_is_key(one) for one in operation.get("parameters", ()))
    )
    about = "The writes that take an Idempotency-Key: each its method and a pattern of its path."
    lines = "".join(f"    {one!r},\n" for one in keyed)
    return f'"""{about}"""\n\nKEYED = (\n{lines})\n'


def _is_key(parameter: dict[str, Any]) -> bool:
    return parameter.get("$ref", "").endswith("IdempotencyKey")
