"""Lock files name packages and their hashes, and no address: who installs says from where."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ADDRESS: Final = re.compile(
    r"[a-z+]+://\S+|^--(?:extra-)?index-url.*|^--find-links.*", re.MULTILINE
)


def locks() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.lock", "*package-lock.json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split()]


def test_no_lock_file_names_an_address() -> None:
    assert {path.name for path in locks()} >= {"package-lock.json", "requirements.lock"}
    assert {str(path.relative_to(ROOT)): ADDRESS.findall(path.read_text()) for path in locks()} == {
        str(path.relative_to(ROOT)): [] for path in locks()
    }


@pytest.mark.parametrize(
    "line",
    [
        '"resolved": "https://packages.example.org/one.tgz"',
        '"url": "https://example.org/sponsors"',
        "--index-url packages.example.org/simple",
        "one @ git+ssh://example.org/one",
    ],
)
def test_one_that_did_would_be_found(line: str) -> None:
    assert ADDRESS.search(line)
