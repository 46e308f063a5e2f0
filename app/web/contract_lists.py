"""What a list can be asked for, by what it shows: which of the filters and orders that every list
has are missing, of any list of the document.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.web.schema_breaks import resolved

Json = dict[str, Any]

REFERRED_TO: Final = ("programme", "cohort", "collaboration", "grant", "milestone")
"""The nouns with a reference: whatever asks for one by its id can be asked by that too."""

ABOVE: Final = (*REFERRED_TO, "organisation")
"""What the rows of a flat list that show it are asked for by."""

ENDS: Final = {"from": "begins", "until": "ends"}
"""What the ends of a span are asked for by, where they are shown as `from_on` and `until_on`."""

UNSEARCHED: Final = {
    "list_api_tokens",
    "list_invitations",
    "list_payments",
    "list_respondents",
    "list_session_guests",
}
"""Lists that are found by whose they are, by an address or by a whole reference."""


def lists(document: Json) -> Iterator[tuple[str, Json]]:
    """Every list, by its path."""
    for path, item in document["paths"].items():
        if "get" in item and _page(document, item["get"]):
            yield path, item["get"]


def lacking(document: Json) -> list[str]:
    """What each list of things that change lacks, as `list_grants: updated_since`."""
    return [
        f"{operation['operationId']}: {fault}"
        for path, operation in lists(document)
        for fault in _lacking(document, path, operation)
    ]


def _lacking(document: Json, path: str, operation: Json) -> Iterator[str]:
    shown = _shown(document, operation)
    if not {"version", "updated_at"} & shown.keys() or "id" not in shown:
        return  # what never changes, or is told from elsewhere, has filters of its own
    given = (resolved(document, one) for one in operation.get("parameters", ()))
    asked = {one["name"]: one["schema"] for one in given if one["in"] == "query"}
    orders = resolved(document, asked.get("sort", {})).get("enum", ())
    wanted = {"updated_since"} | {
        f"{moment}_{end}" for moment in _moments(shown) for end in ("from", "until")
    }
    wanted |= {f"{name[:-3]}_reference" for name in asked if name[:-3] in REFERRED_TO}
    if "{" not in path:
        wanted |= {f"{noun}_id" for noun in ABOVE if noun in shown}
        is_named = not {"name", "reference"}.isdisjoint(shown)
        wanted |= {"q"} if is_named and operation["operationId"] not in UNSEARCHED else set()
    yield from sorted(wanted - asked.keys())
    yield from (f"sort={one}" for one in ("updated_at", "-updated_at") if one not in orders)
    several = (one for one in asked if one in ("status", "kind") or one.endswith("_id"))
    yield from (f"{one}, several" for one in several if asked[one].get("type") != "array")


def _moments(shown: Mapping[str, Json]) -> Iterator[str]:
    """The days and instants that a list shows, but when a row changed last."""
    for name, schema in shown.items():
        match = re.fullmatch(r"(\w+)_(?:on|at)", name)
        if match and name != "updated_at" and _is_time(schema):
            yield ENDS.get(match[1], match[1])


def _is_time(schema: Json) -> bool:
    return any(one.get("format", "").startswith("date") for one in schema.get("anyOf", [schema]))


def _page(document: Json, operation: Json) -> Mapping[str, Any]:
    content = resolved(document, operation["responses"].get("200", {})).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return resolved(document, schema) if schema.get("$ref", "").endswith("Page") else {}


def _shown(document: Json, operation: Json) -> Mapping[str, Json]:
    page = _page(document, operation)
    return resolved(document, page["properties"]["items"]["items"]).get("properties", {})
