"""The list of faults fits the code and the tests, and the runner tells what is found from what is
not."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.listed import ROOT, DoesNotApply, Fault, every_fault, sample

FAULTS = every_fault()


def test_each_applies() -> None:
    for fault in FAULTS.values():
        fault.planted()


def test_each_names_what_is_there(tmp_path: Path) -> None:
    """One that names what its file does not import breaks the file, and shows nothing."""
    for fault in FAULTS.values():
        (tmp_path / f"{fault.name}.py").write_text(fault.planted())
    ruff = Path(sys.executable).with_name("ruff")
    asked = subprocess.run(
        [ruff, "check", "--isolated", "--select", "F821", "--output-format", "concise", tmp_path],
        capture_output=True,
        check=False,
        text=True,
    )
    assert asked.returncode == 0, asked.stdout


def test_what_stands_nowhere_or_twice_or_breaks_the_file_is_refused() -> None:
    file = "app/funding/grants/deadlines.py"
    for before in ("no such text", "return"):
        with pytest.raises(DoesNotApply):
            Fault("does not apply", file, before, "pass", ()).planted()
    with pytest.raises(SyntaxError):
        Fault("breaks it", file, "reported_at >= due_at", "reported_at >=", ()).planted()


def test_each_is_found_by_tests_that_are_there() -> None:
    """A test of the whole file is one too, where it is short."""
    missing = [
        (fault.name, node)
        for fault in FAULTS.values()
        for node in fault.found_by
        if not is_there(node)
    ]
    assert missing == []
    assert [fault.name for fault in FAULTS.values() if not fault.found_by] == []


def is_there(node: str) -> bool:
    path, _, name = node.partition("::")
    name = name.partition("[")[0]
    file = ROOT / path
    if not file.is_file():
        return False
    return not name or name in {
        one.name
        for one in ast.parse(file.read_text()).body
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def guards(text: str) -> Counter[str]:
    """Each move of each lifecycle with each guard that its package gives it."""
    return Counter(
        f"{ast.unparse(decorator)} {one.name}"
        for one in ast.parse(text).body
        if isinstance(one, ast.AsyncFunctionDef)
        for decorator in one.decorator_list
    )


def test_every_guard_of_every_move_is_taken_away_once() -> None:
    taken: set[tuple[str, str]] = set()
    for fault in FAULTS.values():
        there = guards((ROOT / fault.file).read_text())
        taken |= {(fault.file, guard) for guard in there - guards(fault.planted())}
    everywhere = {
        (str(file.relative_to(ROOT)), guard)
        for file in (ROOT / "app").rglob("guards.py")
        for guard in guards(file.read_text())
    }
    assert everywhere - taken == set()


def test_a_sample_is_another_at_each_commit() -> None:
    faults = list(FAULTS.values())
    first = sample(faults, "75bf85b", 30)
    assert len({fault.name for fault in first}) == 30
    assert first == sample(faults[::-1], "75bf85b", 30)
    assert first != sample(faults, "d3597b7", 30)


CELLS = "app/intake/importing/spreadsheets/cells.py"
"""Among the last that the application imports: what comes after it each fault imports anew."""

SOME = f"""
[found]
file = "{CELLS}"
before = "country_of(said)"
after = "None"
found_by = ["tests/intake/importing/test_cells.py"]

[changes_nothing]
file = "{CELLS}"
before = "country_of(said)"
after = "country_of(said)  "
found_by = ["tests/intake/importing/test_cells.py"]

[changes_nothing_that_matters]
file = "{CELLS}"
before = "country_of(said)"
after = "country_of(str(said))"
found_by = ["tests/intake/importing/test_cells.py"]
survives = "It is the same."

[found_in_spite_of_its_reason]
file = "{CELLS}"
before = "country_of(said)"
after = "None"
found_by = ["tests/intake/importing/test_cells.py"]
survives = "It is said to be the same."

[has_no_test]
file = "{CELLS}"
before = "country_of(said)"
after = "None"
found_by = ["tests/intake/importing/test_nothing.py"]
"""
VERDICTS = {
    "found": "found",
    "changes_nothing": "SURVIVED",
    "changes_nothing_that_matters": "survived",
    "found_in_spite_of_its_reason": "FOUND",
    "has_no_test": "WENT WRONG",
}


def tried(folder: Path, planted: str, *names: str) -> subprocess.CompletedProcess[str]:
    (folder / "some.toml").write_text(planted)
    return subprocess.run(
        [sys.executable, "-m", "tests.faults", "--planted", folder, *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.thorough
def test_the_runner_tells_what_is_found_from_what_is_not(tmp_path: Path) -> None:
    run = tried(tmp_path, SOME)
    told = [line.split("  ") for line in run.stdout.splitlines() if " s  " in line]
    found = {words[-3].strip(): words[0] for words in told}
    assert (found, run.returncode) == (VERDICTS, 1), run.stdout + run.stderr


def test_nothing_is_tried_when_one_does_not_apply(tmp_path: Path) -> None:
    run = tried(tmp_path, SOME.replace("country_of(said)", "no such text", 1))
    told = f"does not apply  found: its text stands 0 times in {CELLS}\n"
    assert (run.stdout, run.returncode) == (told, 1), run.stderr
