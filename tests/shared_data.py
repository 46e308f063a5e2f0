"""Real files that tests use where they are there: they belong to others, and no clone has them."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _folder() -> Path:
    """What PLN_SHARED_DATA names, or `shared/data` beside the clone or beside a folder of it."""
    if given := os.environ.get("PLN_SHARED_DATA"):
        return Path(given)
    beside = [folder / "shared" / "data" for folder in ROOT.parents]
    return next((one for one in beside if one.is_dir()), beside[0])


SHARED = _folder()


def shared(name: str) -> Path:
    """A file or a folder of them; a test that needs one that is not there is skipped."""
    found = SHARED / name
    if not found.exists():
        pytest.skip(f"the real files of {name} are not in {SHARED}: PLN_SHARED_DATA names where")
    return found
