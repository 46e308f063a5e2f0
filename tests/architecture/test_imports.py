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
    "main": "from app.funding.grants import routes",
    "registry": "",
    "settings": "",
    "command/cli": "",
    "kernel/errors": "",
    "installation/doctor": "",
    "background/jobs": "",
    "web/problems": "import starlette\nfrom app.kernel import errors",
    "people/identity/tokens": "import jose",
    "people/reads/declarations": "from app.people.identity import queries",
    "people/identity/deps": "import fastapi\nfrom app.web import problems",
    "people/organisations/models": "import sqlalchemy",
    "people/files/models": "import sqlalchemy",
    "people/operations/schemas": "",
    "people/obligations/register": "",
    "people/endorsements/queries": "import sqlalchemy",
    "people/erasures/queries": "import sqlalchemy",
    "people/authority/work": "from app.people.obligations import register",
    "people/letters/work": "from app.people.obligations import register",
    "network/programmes/models": "import sqlalchemy",
    "network/collaborations/consequences": "",
    "network/collaborations/models": "from app.network.programmes import models",
    "network/conflicts/models": "from app.network.collaborations import models",
    "network/cohorts/models": "import sqlalchemy",
    "network/cohorts/routes": "",
    "network/indicators/models": "from app.network.cohorts import models",
    "funding/funds/models": "import sqlalchemy",
    "funding/payments/models": "import sqlalchemy",
    "funding/expenses/models": "import sqlalchemy",
    "funding/grants/routes": "import fastapi\nfrom app.funding.grants import service",
    "funding/grants/service": (
        "from app.funding.grants import access\nfrom app.network.cohorts import models"
    ),
    "funding/grants/chapter": (
        "from app.funding.grants import service\nfrom app.network.cohorts import chapter"
    ),
    "network/cohorts/chapter": "",
    "funding/grants/work": "from app.people.obligations import register",
    "funding/grants/metrics": "from app.kernel import errors",
    "funding/grants/access": "from app.funding.grants import models",
    "funding/grants/consequences": "from app.funding.grants import service",
    "funding/grants/models": "import sqlalchemy",
    "funding/grants/schemas": "",
    "funding/grants/amendments/service": "from app.funding.grants import service",
    "funding/reports/models": "from app.funding.grants import models",
    "learning/sessions/models": "",
    "learning/trust/scoring": "",
    "publishing/giving/service": "",
    "overview/metrics/queries": "",
    "overview/planning/service": "from app.overview.desk import queries",
    "overview/desk/queries": "from app.overview.metrics import queries",
    "overview/nudges/service": "from app.overview.desk import queries",
    "intake/importing/records": "",
    "intake/demo/acts": (
        "from app.intake.importing import records\nfrom app.funding.grants import chapter"
    ),
}
"""The least house that keeps every contract."""

FAULTS = [
    ("storeys", "network/cohorts/service", "from app.funding.grants import models"),
    ("storeys", "kernel/errors", "from app.people import identity"),
    ("storeys", "kernel/errors", "from app.web import problems"),
    ("storeys", "web/problems", "from app.background import jobs"),
    ("storeys", "learning/sessions/service", "from app.funding.grants import models"),
    ("storeys", "settings", "from app import kernel"),
    ("storeys", "helpers", ""),
    ("storeys", "widgets/models", ""),
    ("people", "people/identity/models", "from app.people.organisations import models"),
    ("people", "people/files/service", "from app.people.operations import schemas"),
    ("people", "people/obligations/register", "from app.people.files import models"),
    ("people", "people/obligations/register", "from app.people.authority import work"),
    ("people", "people/obligations/register", "from app.people.erasures import queries"),
    ("people", "people/widgets/models", ""),
    ("network", "network/programmes/models", "from app.network.cohorts import models"),
    ("learning", "learning/sessions/service", "from app.learning.trust import scoring"),
    ("funding", "funding/grants/queries", "from app.funding.reports import models"),
    ("overview", "overview/metrics/queries", "from app.overview.desk import queries"),
    ("intake", "intake/importing/records", "from app.intake.demo import acts"),
    ("rooms", "funding/grants/access", "from app.funding.grants import service"),
    ("rooms", "funding/grants/work", "from app.funding.grants import service"),
    ("rooms", "funding/grants/access", "from app.funding.grants import work"),
    ("rooms", "funding/grants/access", "from app.funding.grants import metrics"),
    ("rooms", "funding/grants/models", "from app.funding.grants import schemas"),
    ("rooms", "funding/grants/lifecycle", "from app.funding.grants import models"),
    (
        "rooms",
        "funding/grants/amendments/queries",
        "from app.funding.grants.amendments import service",
    ),
    ("web", "funding/grants/service", "import fastapi"),
    ("web", "funding/grants/schemas", "from starlette.requests import Request"),
    ("web", "funding/grants/scoring", "from fastapi import Query"),
    ("web", "kernel/money", "import starlette"),
    ("web", "installation/doctor", "import starlette"),
    ("web", "background/jobs", "import fastapi"),
    ("routes-without-sql", "funding/grants/routes", "from sqlalchemy import select"),
    ("only-main-imports-routes", "command/cli", "from app.funding.grants import routes"),
    ("only-main-imports-routes", "funding/grants/routes", "from app.network.cohorts import routes"),
    (
        "registered-alone",
        "network/cohorts/consequences",
        "from app.network.collaborations import consequences",
    ),
    ("rooms", "people/identity/chapter", "from app.people.identity import deps"),
    ("chapters", "funding/grants/service", "from app.network.cohorts import chapter"),
    ("chapters", "command/cli", "from app.network.cohorts import chapter"),
    ("desk", "overview/desk/queries", "from app.funding.grants import models"),
    ("desk", "overview/desk/reminders/service", "from app.network.cohorts import lifecycle"),
    ("metrics", "overview/metrics/definitions", "from app.funding.grants import models"),
    ("jose", "people/identity/keys", "from jose import jwt"),
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
        for package in file.relative_to(folder).parents[:-1]:
            (folder / package / "__init__.py").touch()


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
