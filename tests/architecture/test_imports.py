"""The directions of ARCHITECTURE.md, held by import-linter; each contract breaks when it should."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import APP

CONFIGURATION = APP.parent / "pyproject.toml"

CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads(CONFIGURATION.read_text())["tool"]["importlinter"]["contracts"]
}

SKELETON = {
    "__init__": "",
    "main": "from app.grants import routes",
    "contract": "",
    "registry": "",
    "settings": "",
    "kernel/__init__": "",
    "kernel/tokens": "import jose",
    "kernel/problems": "import starlette\nfrom app.kernel import tokens",
    "identity/__init__": "",
    "identity/deps": "import fastapi",
    "cohorts/__init__": "",
    "cohorts/models": "import sqlalchemy",
    "grants/__init__": "",
    "grants/routes": "import fastapi\nfrom app.grants import service",
    "grants/service": "from app.grants import access\nfrom app.cohorts import models",
    "grants/access": "from app.grants import models",
    "grants/models": "import sqlalchemy",
    "grants/schemas": "",
    "grants/amendments/service": "from app.grants import service",
    "cohorts/routes": "",
    "learning_sessions/__init__": "",
    "trust/__init__": "",
}
"""The least house that keeps every contract."""

FAULTS = [
    ("packages", "cohorts/service", "from app.grants import models"),
    ("packages", "kernel/errors", "from app import identity"),
    ("packages", "trust/scoring", "from app import learning_sessions"),
    ("packages", "settings", "from app import kernel"),
    ("packages", "helpers", ""),
    ("packages", "widgets/__init__", ""),
    ("rooms", "grants/access", "from app.grants import service"),
    ("rooms", "grants/models", "from app.grants import schemas"),
    ("rooms", "grants/lifecycle", "from app.grants import models"),
    ("rooms", "grants/amendments/queries", "from app.grants.amendments import service"),
    ("web", "grants/service", "import fastapi"),
    ("web", "grants/schemas", "from starlette.requests import Request"),
    ("web", "grants/scoring", "from fastapi import Query"),
    ("web", "kernel/money", "import starlette"),
    ("routes-without-sql", "grants/routes", "from sqlalchemy import select"),
    ("only-main-imports-routes", "contract", "from app.grants import routes"),
    ("only-main-imports-routes", "grants/routes", "from app.cohorts import routes"),
    ("jose", "identity/keys", "from jose import jwt"),
]
"""The contract, the module with the fault, and the fault."""


def lint(folder: Path) -> tuple[list[str], str]:
    """The ids of the contracts that the tree in `folder` breaks, and what the linter printed."""
    linter = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run(
        [linter, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PATH": ""},
    )
    broken = [key for key, name in CONTRACTS.items() if f"{name} BROKEN" in outcome.stdout]
    assert bool(broken) == (outcome.returncode != 0), outcome.stdout + outcome.stderr
    assert f"{len(CONTRACTS) - len(broken)} kept, {len(broken)} broken" in outcome.stdout
    return broken, outcome.stdout


def build(folder: Path, modules: dict[str, str]) -> None:
    shutil.copy(CONFIGURATION, folder)
    for module, text in modules.items():
        file = folder / "app" / f"{module}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        (file.parent / "__init__.py").touch()


def test_the_house_keeps_its_directions() -> None:
    broken, printed = lint(APP.parent)

    assert broken == [], printed


def test_the_skeleton_keeps_them_too(tmp_path: Path) -> None:
    build(tmp_path, SKELETON)

    broken, printed = lint(tmp_path)

    assert broken == [], printed


@pytest.mark.parametrize(("contract", "module", "fault"), FAULTS)
def test_a_wrong_import_breaks_its_contract(
    tmp_path: Path, contract: str, module: str, fault: str
) -> None:
    before = SKELETON.get(module, "")
    build(tmp_path, SKELETON | {module: f"{before}\n{fault}\n"})

    broken, printed = lint(tmp_path)

    assert broken == [contract], printed


def test_each_contract_has_a_fault_that_breaks_it() -> None:
    assert {contract for contract, *_ in FAULTS} == set(CONTRACTS)
