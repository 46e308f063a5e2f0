"""The comparison with the baseline: it sees each known kind of break, and takes growth for what it
is."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.command import cli
from app.web import contract
from app.web.contract_breaks import breaks
from tests.contract import kept
from tests.contract.changes import BREAKS, GROWTH, Change
from tests.contract.test_document import DOCUMENT
from tests.server import ROOT


def test_the_document_breaks_nothing_of_the_baseline() -> None:
    assert breaks(json.loads(contract.BASELINE.read_text()), DOCUMENT) == []


def test_there_are_as_many_as_were_promised() -> None:
    assert len(BREAKS) >= 17 + 7
    assert len(GROWTH) >= 14


@pytest.mark.parametrize(("change", "told"), BREAKS.values(), ids=BREAKS)
def test_a_break_is_seen(change: Change, told: str) -> None:
    revision = kept.copy()
    change(revision)
    found = breaks(DOCUMENT, revision)
    assert [one for one in found if told in one], found


@pytest.mark.parametrize("change", GROWTH.values(), ids=GROWTH)
def test_growth_is_none(change: Change) -> None:
    revision = kept.copy()
    change(revision)
    assert revision != DOCUMENT
    assert breaks(DOCUMENT, revision) == []


def test_the_command_refuses_a_break_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = kept.copy()
    baseline["paths"]["/v1/me/again"] = {
        "get": dict(baseline["paths"]["/v1/me"]["get"], operationId="get_me_again")
    }
    file = tmp_path / "released.json"
    file.write_text(json.dumps(baseline))
    monkeypatch.setattr(contract, "BASELINE", file)
    said = CliRunner().invoke(cli.pln, ["contract", "--check"])
    assert said.exit_code == 1
    assert "get_me_again: GET /v1/me/again is gone" in said.output


def test_what_the_last_commit_breaks_is_listed() -> None:
    """A baseline that was moved says so: each operation that it breaks stands on a line that was
    added to the changelog, which is marked."""
    before = _at_the_commit_before("openapi/released/openapi.json")
    listed_before = _at_the_commit_before("openapi/CHANGELOG.md")
    if before is None or listed_before is None:
        pytest.skip("there is no commit before this one to compare with")
    broken = breaks(json.loads(before), json.loads(contract.BASELINE.read_text()))
    listed = (ROOT / "openapi" / "CHANGELOG.md").read_text()
    assert unlisted(broken, listed_before, listed) == []


def test_a_break_that_is_not_listed_is_seen() -> None:
    broken = ["get_me: 200.name is gone", "get_grant: is called read_grant"]
    told = "# Changes\n\n- `get_me` tells `id`.\n"
    marked = told + "- **breaking** `get_me` has no `name`,\n  and `get_grant` is `read_grant`.\n"
    assert unlisted(broken, told, marked) == []
    assert unlisted(broken, told, told) == broken
    assert unlisted(broken, told, told + "- `get_me` has no `name`.\n") == broken
    assert unlisted(broken, told, marked.replace("_grant`", "`")) == broken[1:]


def unlisted(broken: list[str], before: str, after: str) -> list[str]:
    """Those breaks of which no entry was added that is marked and names them: the operation, the
    schema or the field."""
    entries = re.split(r"^- ", after, flags=re.MULTILINE)
    old = set(re.split(r"^- ", before, flags=re.MULTILINE))
    marked = " ".join(one for one in entries if "**breaking**" in one and one not in old)
    named = set(re.findall(r"`(\w+)`", marked))
    return [one for one in broken if not named & set(re.findall(r"\w+", one))]


def _at_the_commit_before(path: str) -> str | None:
    asked = ["git", "show", f"HEAD^:{path}"]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return said.stdout if said.returncode == 0 else None
