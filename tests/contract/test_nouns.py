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

<<<<<<< HEAD
=======
WITHOUT_LIST: Final = {
    "evidence": "a file or a link in the report that it proves, and shown with it",
    "milestone-extensions": "asked of one milestone, where they are listed; what waits is work",
    "publication-consents": "of one report, whose publication they are about, and listed there",
    "targets": "the aims of one programme, a handful that is read together with it",
}
"""Nouns that are read where they hang, and why that is enough."""

WITHOUT_CSV: Final = dict.fromkeys(
    WITHOUT_LIST, "there is no flat list whose rows these would be"
) | {
    "amendments": "an amendment is a whole version of the terms, which one row does not hold",
    "grant-templates": "a template is its lines and milestones, which one row does not hold",
    "invitations": "addresses of people who have agreed to nothing yet: no file carries them away",
    "learning-sessions": "they are exported as calendars, which spreadsheets read too",
    "service-accounts": "a handful, each with secrets of its own: they are looked after one by one",
    "session-series": "a rule of repetition; what it comes to are sessions",
}
"""Nouns of which no CSV is made, and why."""

WITHOUT_HISTORY: Final = {
    "external-grants": "nobody here does anything with them: an import is told as a file's",
}
"""Nouns of which no history is read, and why."""

>>>>>>> giving

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
