"""`pln import`: what it prints, with which code it leaves, and who imports."""

import json
from pathlib import Path

import psycopg
import pytest

from app.settings import get_settings, libpq_url
from tests.command.conftest import Pln, Said
from tests.intake.importing.conftest import DATA

GRANTS = [
    {
        "id": "w3f-example",
        "title": "Example",
        "application_merged_on": "2021-01-01",
        "total_amount": 10.5,
        "currency": "USD",
        "milestones": [{"number": 1, "amount": 10.5, "currency": "USD", "duration": "1 week"}],
    },
    {"id": "w3f-empty", "title": "Empty", "milestones": []},
]
READABLE = """\
                          imported   already there   refused
account                          1               0         0
collaboration                    1               0         0
grant                            1               0         1
membership                       1               0         0
milestone                        1               0         0
organisation                     1               0         0

Refused, by reason:
      1  date_missing
      1  milestones_missing

Refused:
  grant w3f-empty (“Empty”): milestones_missing: It has no milestones.
  grant w3f-empty (“Empty”): date_missing: Without a date: the agreement.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "grants.json"
    written.write_text(json.dumps(GRANTS))
    return written


@pytest.fixture
def administrator(pln: Pln, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "app.command.accounts.new_password", lambda: "lanterns over a quiet harbour"
    )
    assert pln("accounts", "create", "ada@example.org", "--name", "Ada").code == 0


def ask(query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(libpq_url(get_settings().database_url or "")) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.mark.usefixtures("administrator")
def test_a_file_is_tried_imported_and_found_imported(pln: Pln, file: Path) -> None:
    dry = pln("import", "milestone-grants", str(file), "--dry-run", "--json")
    assert (dry.code, json.loads(dry.output)["counts"]["grant"]) == (
        0,
        {"imported": 1, "already_there": 0, "refused": 1},
    )
    assert ask("SELECT count(*) FROM grants") == [(0,)]
    done = pln("import", "milestone-grants", str(file), "--as", "ada@example.org")
    assert (done.code, done.output) == (0, READABLE)
    assert "milestone-grants" in done.progress
    assert "100%" in done.progress
    assert ask("SELECT reference, status FROM grants") == [("MG1-G01", "active")]
    recorded = ask("SELECT count(*) FROM activity")
    under = ("--programme", "MILESTONE-GRANTS")
    again = pln("import", "milestone-grants", str(file), *under, "--json")
    assert json.loads(again.output)["counts"]["grant"] == {
        "imported": 0,
        "already_there": 1,
        "refused": 1,
    }
    assert ask("SELECT count(*) FROM activity") == recorded


@pytest.mark.usefixtures("administrator")
def test_what_cannot_be_imported_says_why_and_changes_nothing(pln: Pln, tmp_path: Path) -> None:
    words = tmp_path / "words.json"
    words.write_text("Dear all,")
    held = ask("SELECT count(*) FROM activity")
    missing = pln("import", "milestone-grants", str(tmp_path / "nowhere.json"))
    assert (missing.code, missing.output) == (2, "")
    assert "does not exist" in missing.progress
    unreadable = pln("import", "milestone-grants", str(words))
    assert (unreadable.code, unreadable.output) == (1, "")
    assert unreadable.progress.endswith(
        "words.json is not JSON: Expecting value in line 1, column 1.\n"
    )
    under = pln("import", "milestone-grants", str(words), "--programme", "NOWHERE")
    assert under == Said(1, "", "No programme has this reference.\n")
    stranger = pln("import", "milestone-grants", str(words), "--as", "eve@example.org")
    assert stranger == Said(1, "", "There is no account of eve@example.org.\n")
    assert ask("SELECT count(*) FROM activity") == held


@pytest.mark.usefixtures("administrator")
def test_an_import_that_brings_nothing_in_has_not_succeeded(pln: Pln, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text(json.dumps(GRANTS[1:]))
    for more in ((), ("--dry-run",)):
        said = pln("import", "milestone-grants", str(empty), "--json", *more)
        assert (said.code, json.loads(said.output)["counts"]) == (
            1,
            {"grant": {"imported": 0, "already_there": 0, "refused": 1}},
        )


@pytest.mark.usefixtures("administrator")
def test_a_folder_is_imported_or_says_what_it_lacks(pln: Pln, tmp_path: Path) -> None:
    lacking = pln("import", "open-seeds", str(tmp_path))
    assert (lacking.code, lacking.output) == (1, "")
    assert lacking.progress.endswith(
        f"{tmp_path.name} has no organizations.json and no people.json and no cohorts.json and no "
        "projects.json.\n"
    )
    (tmp_path / "organizations.json").write_text('{"tern": {"name": "Tern Institute"}}')
    for name in ("people", "cohorts", "projects"):
        (tmp_path / f"{name}.json").write_text("[]")
    done = pln("import", "open-seeds", str(tmp_path), "--json")
    assert (done.code, json.loads(done.output)["counts"]) == (
        0,
        {"organisation": {"imported": 1, "already_there": 0, "refused": 0}},
    )
    assert ask("SELECT name, kind FROM organisations") == [("Tern Institute", "other")]


@pytest.mark.usefixtures("administrator")
def test_what_was_asked_and_answered_elsewhere_is_imported(pln: Pln, tmp_path: Path) -> None:
    lacking = pln("import", "open-data-index", str(tmp_path))
    assert (lacking.code, lacking.output) == (1, "")
    assert lacking.progress.endswith(
        f"{tmp_path.name} has no questions.csv and no datasets.csv and no places.csv and no "
        "entries.csv.\n"
    )
    done = pln("import", "open-data-index", str(DATA / "index"), "--json")
    assert (done.code, json.loads(done.output)["counts"]["entry"]) == (
        0,
        {"imported": 7, "already_there": 0, "refused": 8},
    )
    assert ask("SELECT title, imported_from FROM rounds ORDER BY opens_at") == [
        ("Global Open Data Index 2013", "open-data-index"),
        ("Global Open Data Index 2014", "open-data-index"),
    ]
    under = ("--programme", "OPEN-DATA-INDEX")
    pathway = pln("import", "open-data-pathway", str(DATA / "pathway.json"), *under, "--json")
    assert (pathway.code, json.loads(pathway.output)["counts"]["framework"]) == (
        0,
        {"imported": 1, "already_there": 0, "refused": 0},
    )
    assert ask("SELECT count(DISTINCT scope_id) FROM frameworks") == [(1,)]


def test_without_an_administrator_nobody_imports(pln: Pln, file: Path) -> None:
    said = pln("import", "milestone-grants", str(file))
    assert said == Said(
        1,
        "",
        "There is not exactly one administrator: say who imports, with --as EMAIL.\n",
    )


@pytest.mark.usefixtures("administrator")
def test_a_spreadsheet_comes_in_whole_or_not_at_all(pln: Pln, tmp_path: Path) -> None:
    table = tmp_path / "organisations.csv"
    table.write_text("name,kind,country\nOpen Data Institute,non_profit,GB\nRivers,club,GB\n")
    wrong = pln("import", "csv", "organisations", str(table), "--json")
    assert wrong.code == 1
    assert [one["line"] for one in json.loads(wrong.output)["faults"]] == [3]
    said = pln("import", "csv", "organisations", str(table))
    assert (said.code, said.output.splitlines()[0]) == (
        1,
        "1 new, 0 already there, 1 refused. Nothing was imported.",
    )
    kinds = "company, research, public body, non profit, other"
    assert said.output.splitlines()[1:] == [
        f"  line 3, kind: kind_unknown: “club” is no kind. Write one of: {kinds}."
    ]
    table.write_text("name,type,notes\nRivers,NGO,late\nLakes,ngo,\n")
    aside = pln("import", "csv", "organisations", str(table), "--dry-run")
    assert (aside.code, aside.output.splitlines()) == (
        0,
        [
            "2 new, 0 already there, 0 refused. Nothing was changed.",
            "  type: “NGO” was read as non_profit, in 2 lines",
            "  set aside: notes",
        ],
    )
    table.write_text("name,kind,country\nOpen Data Institute,non_profit,GB\nRivers,other,GB\n")
    dry = pln("import", "csv", "organisations", str(table), "--dry-run")
    assert dry == Said(0, "2 new, 0 already there, 0 refused. Nothing was changed.\n", "")
    assert ask("SELECT count(*) FROM organisations") == [(0,)]
    done = pln("import", "csv", "organisations", str(table), "--as", "ada@example.org")
    assert done == Said(0, "2 new, 0 already there, 0 refused. All that is new was imported.\n", "")
    again = pln("import", "csv", "organisations", str(table))
    assert again == Said(0, "0 new, 2 already there, 0 refused. Nothing was changed.\n", "")
    unreadable = tmp_path / "words.csv"
    unreadable.write_bytes(b"\xff\xfe")
    odd = pln("import", "csv", "people", str(unreadable))
    assert odd.output.splitlines()[1] == "  the file: file_empty: There is not even a header line."
