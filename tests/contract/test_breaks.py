"""The comparison with the baseline: it sees each known kind of break, and takes growth for what it
is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.command import cli
from app.web import contract
from app.web.contract_breaks import breaks
from tests.contract import kept
from tests.contract.changes import BREAKS, GROWTH, Change
from tests.contract.test_document import DOCUMENT


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
