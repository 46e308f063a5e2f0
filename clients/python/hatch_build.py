"""Generates `pln_client.contract` from the document beside which this package lies."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "openapi" / "openapi.json"


class Generated(BuildHookInterface[Any]):
    """The endpoints and models of the document, of which nothing is left out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate them anew, whatever is there."""
        generate = ("-m", "openapi_python_client", "generate", "--meta", "none")
        strictly = ("--fail-on-warning", "--overwrite", "--config", HERE / "generator.yaml")
        into = ("--path", DOCUMENT, "--output-path", HERE / "src" / "pln_client" / "contract")
        subprocess.run([sys.executable, *generate, *strictly, *into], check=True)  # noqa: S603  (our own arguments)
