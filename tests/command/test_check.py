"""`pln check`: what it prints of a file, and with which code it leaves."""

import json
from pathlib import Path

from tests.command.conftest import Pln
from tests.publishing.giving.official import SOUND, package_of
from tests.shared_data import shared

HEAD = {
    "title": "Grants",
    "issued": "2026-03-03",
    "publisher": {"name": "Open Data Institute"},
    "license": "https://creativecommons.org/licenses/by/4.0/",
}
UNSOUND = """\
error 1, accuracy 0, usefulness 6

error literal_error: 1
  /grants/0/fromOpenCall: Input should be 'Yes' or 'No'.

usefulness source_missing: 6
  /grants/0/dataSource: It does not say where it was published.
  /grants/1/dataSource: It does not say where it was published.
  /grants/2/dataSource: It does not say where it was published.
  /grants/3/dataSource: It does not say where it was published.
  /grants/4/dataSource: It does not say where it was published.
  and 1 more
"""


def test_a_file_is_looked_over(pln: Pln, tmp_path: Path) -> None:
    file = tmp_path / "grants.json"
    file.write_text(json.dumps(package_of(SOUND, **HEAD)))
    sound = pln("check", "360giving", str(file))
    assert (sound.code, sound.output) == (0, "error 0, accuracy 0, usefulness 0\n")
    without = {name: said for name, said in SOUND.items() if name != "dataSource"}
    grants = [without | {"id": f"360G-example-{number}"} for number in range(6)]
    file.write_text(json.dumps(package_of(*grants, **HEAD)))
    assert pln("check", "360giving", str(file)).code == 0
    grants[0] |= {"fromOpenCall": "Y"}
    file.write_text(json.dumps(package_of(*grants, **HEAD)))
    unsound = pln("check", "360giving", str(file))
    assert (unsound.code, unsound.output) == (3, UNSOUND)
    told = json.loads(pln("check", "360giving", str(file), "--json").output)
    assert told[0] == {
        "kind": "error",
        "code": "literal_error",
        "path": "/grants/0/fromOpenCall",
        "detail": "Input should be 'Yes' or 'No'.",
    }
    assert len(told) == 7
    file.write_text("{")
    unreadable = pln("check", "360giving", str(file))
    assert unreadable.code == 1
    assert unreadable.progress.startswith("grants.json is not JSON")


def test_what_is_known_of_the_real_file(pln: Pln) -> None:
    folder = shared("360giving-grants")
    said = pln("check", "360giving", str(folder / "lloyds-bank-foundation-2010-2015.json"))
    lines = [line for line in said.output.splitlines() if line and not line.startswith("  ")]
    assert (said.code, lines[:6]) == (
        3,
        [
            "error 4121, accuracy 14, usefulness 12353",
            "error literal_error: 4116",
            "error missing: 5",
            "accuracy start_before_award: 11",
            "accuracy charity_number_malformed: 2",
            "accuracy amount_zero: 1",
        ],
    )
