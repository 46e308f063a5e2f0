"""Each noun of the contract is met in the same four ways: a flat list, `Location`, history, CSV."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from app.web import contract
from app.web.contract_lists import lists
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

LISTED_ALONE: Final = {
    "activity": "what was done is the history of the thing that it was done to",
    "letters": "nothing is done with what was mailed",
    "merged-duties": "each is two accounts that turned out to be one, and what both did",
    "obligations": "each is what another noun asks for, which it names",
    "results": "it is a row of its result set, which is published and retracted whole",
    "roles": "the roles are the source's own",
}
"""What is listed, and has no address of one thing, and why."""

LISTED_BELOW_ALONE: Final = {
    "AccessChangePage": "what is recorded about a data set, in the order of its days",
    "CollaborationAnswerPage": "each is read by the expectation that it answers",
    "CollaboratorPage": "they are role assignments, told as the people of one thing",
    "DeliveryPage": "it is how far one announcement has come to each",
    "DirectoryPage": "they are members, told to each other",
    "MetricSnapshotPage": "each is read by its number, and is a cohort's alone",
    "PasswordResetPage": "each is a link that dies in a day",
    "ReadingPage": "what was counted by hand towards one target",
}
"""Pages of what has no flat list, and why."""

MADE_WITHOUT_ADDRESS: Final = {
    "create_calendar_feed": "it is read at an address that is a secret",
    "create_invitations": "several are made at once, each of which the answer names",
    "create_memberships": "several are made at once, each of which the answer names",
    "create_metric_chart": "it is read at an address that is a secret",
    "issue_password_reset": "it is a link, which is shown this once",
    "record_due_diligence_checks": "several are made at once, each of which the answer names",
    "write_to_candidate": "nothing is done with what was mailed",
}
"""What makes something and does not say where it is, and why."""


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
        for operation in PATHS.values()
        if "201" in operation.get("post", {}).get("responses", {})
    }
    missing = {name for name, headers in made.items() if "Location" not in headers}
    assert missing == MADE_WITHOUT_ADDRESS.keys()


def test_each_thing_of_a_flat_list_has_an_address() -> None:
    flat = (re.fullmatch(r"/v1/([a-z-]+)", path) for path, _ in lists(DOCUMENT))
    listed = {found[1] for found in flat if found is not None} - PARTS
    assert listed - nouns().keys() == LISTED_ALONE.keys()


def test_each_list_below_a_thing_is_of_a_noun_or_says_why_not() -> None:
    """What lies below a thing has a flat list too, by the schema of its page."""
    pages = {path: page_of(operation) for path, operation in lists(DOCUMENT)}
    flat = {page for path, page in pages.items() if "{" not in path}
    below = {path for path in pages if "{" in path and not path.endswith("/history")}
    assert {pages[path] for path in below} - flat == LISTED_BELOW_ALONE.keys()


def page_of(operation: dict[str, Any]) -> str:
    said = resolved(DOCUMENT, operation["responses"]["200"])
    return said["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]


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
