"""Each noun of the contract is met in the same four ways: a flat list, `Location`, history, CSV."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from app.web import contract
from app.web.schema_breaks import resolved

DOCUMENT: Final[dict[str, Any]] = json.loads(contract.FILE.read_text())
PATHS: Final[dict[str, Any]] = DOCUMENT["paths"]

PARTS: Final = {
    "answers",
    "expenditures",
    "versions",
    "problems",
    "files",
    "metrics",
    "operations",
    "uploads",
}
"""What is read in its place alone: parts of a report or a collaboration, and what is no noun of the
network."""

WITHOUT_HISTORY: Final = {
    "external-grants": "nobody here does anything with them: an import is told as a file's",
}
"""Nouns of which no history is read, and why."""


def nouns() -> Mapping[str, str]:
    """The address of one thing of each noun, by what its collection is called."""
    found = (re.fullmatch(r"/v1/([a-z-]+)/{\w+}", path) for path in PATHS if "get" in PATHS[path])
    return {match[1]: match[0] for match in found if match is not None and match[1] not in PARTS}


def test_each_noun_has_a_flat_list() -> None:
    assert [noun for noun in nouns() if "get" not in PATHS.get(f"/v1/{noun}", {})] == []


def test_each_noun_has_a_history() -> None:
    missing = {noun for noun, one in nouns().items() if f"{one}/history" not in PATHS}
    assert missing == WITHOUT_HISTORY.keys()


def test_each_noun_is_had_as_csv() -> None:
    assert [noun for noun in nouns() if f"/v1/{noun}/export" not in PATHS] == []


def test_whatever_makes_one_thing_says_where_it_is() -> None:
    made = {
        operation["post"]["operationId"]: resolved(DOCUMENT, operation["post"]["responses"]["201"])[
            "headers"
        ]
        for path, operation in PATHS.items()
        if "201" in operation.get("post", {}).get("responses", {})
        and path.rpartition("/")[2] in nouns()
    }
    assert made
    assert [name for name, headers in made.items() if "Location" not in headers] == []


def test_the_export_of_a_list_takes_the_filters_of_the_list() -> None:
    for path, item in PATHS.items():
        if f"{path}/export" in PATHS:
            export = PATHS[f"{path}/export"]["get"]
            assert export["operationId"] == item["get"].get("x-export", export["operationId"])
            assert _filters(export) == _filters(item["get"]), path


def _filters(operation: dict[str, Any]) -> list[str]:
    of_the_page = {"limit", "cursor", "include_total", "format", "bom", "If-None-Match"}
    named = (resolved(DOCUMENT, one)["name"] for one in operation.get("parameters", []))
    return sorted(name for name in named if name not in of_the_page)
