"""The pages that are written from the code say what the code says."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import app
from app.command import documentation
from app.kernel.transitions import Lifecycle


def test_every_page_is_current() -> None:
    assert documentation.stale() == [], "run make docs"


def test_a_page_that_fell_behind_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "roles.md"
    monkeypatch.setattr(documentation, "PAGES", {page: lambda: "what the code says"})
    assert documentation.stale() == [page]

    page.write_text("what it said before")
    assert documentation.stale() == [page]

    documentation.write()
    assert documentation.stale() == []


def test_every_lifecycle_has_its_diagram() -> None:
    packages = pkgutil.walk_packages(app.__path__, "app.")
    rooms = [one.name for one in packages if one.name.endswith(".lifecycle")]
    found = [vars(importlib.import_module(room)).values() for room in rooms]
    known = {one.noun for room in found for one in room if isinstance(one, Lifecycle)}

    headings = re.findall(r"^## (.+)$", documentation.lifecycles(), re.MULTILINE)
    assert sorted(headings) == sorted(noun.capitalize() for noun in known)
