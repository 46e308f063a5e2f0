"""The pages that are written from the code say what the code says."""

import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import app
from app.command import documentation, glossary
from app.kernel.transitions import Lifecycle
from app.web import contract


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


def test_each_status_and_noun_of_a_lifecycle_has_one_meaning() -> None:
    lives = documentation.every_lifecycle()

    assert glossary.STATUSES.keys() == {life.noun for life in lives}
    for life in lives:
        assert [*glossary.STATUSES[life.noun]] == [one.value for one in life.statuses], life.noun
        assert life.noun.replace("_", " ") in glossary.NOUNS


def test_each_collection_of_the_contract_is_a_noun() -> None:
    paths = json.loads(contract.FILE.read_text())["paths"]
    found = {match[1] for path in paths if (match := re.search(r"/([a-z-]+)/{\w+}$", path))}
    known = {word.lower().replace(" ", "-") for word in glossary.NOUNS}

    assert {one for one in found if not _singulars(one) & known} == set()


def test_each_word_of_the_vocabulary_of_nouns_is_in_the_glossary() -> None:
    words = json.loads(contract.FILE.read_text())["x-vocabularies"]["noun"]
    known = {re.sub("[ -]", "_", word.lower()) for word in glossary.NOUNS}

    assert set(words) - known == set()


def _singulars(plural: str) -> set[str]:
    """What the plural may be one of: `learnings`, `priority-areas`, `entries`, `support`."""
    first, _, rest = plural.partition("s-of-")
    singular = plural.removesuffix("s")
    return {plural, singular, re.sub("ie$", "y", singular), f"{first}-of-{rest}"}
