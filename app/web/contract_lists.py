"""What a list can be asked for, by what it shows: which of the filters and orders that every list
has are missing, of any list of the document.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.web.exempt_lists import EXEMPT
from app.web.schema_breaks import resolved

Json = dict[str, Any]

REFERRED_TO: Final = (
    *("programme", "cohort", "collaboration", "grant", "milestone"),
    *("fund", "payment"),
)
"""The nouns with a reference: whatever asks for one by its id can be asked by that too."""

LIES_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "cohort": ("programme",),
    "collaboration": ("organisation",),
    "fund": ("programme",),
    "membership": ("cohort", "collaboration"),
    "grant": ("membership",),
    "milestone": ("grant",),
    "report": ("milestone",),
    "learning_session": ("cohort",),
    "round": ("cohort",),
    "assessment": ("round", "membership"),
    "result_set": ("round",),
    "sheet": ("round",),
}
"""What each noun lies in: a list of what lies in a noun is asked for by all that is above it."""

ABOVE: Final = ("programme", "cohort", "collaboration", "grant", "milestone", "organisation")
"""What the rows of a flat list are asked for by, where they lie below it."""

ENDS: Final = {
    "from_on": "begins",
    "until_on": "ends",
    "valid_from": "begins",
    "valid_until": "ends",
}
"""What the ends of a span are asked for by, where they are shown by these names."""

NAMES: Final = {"name", "title", "reference"}
"""By what people search."""


def lists(document: Json) -> Iterator[tuple[str, Json]]:
    """Every list, by its path."""
    for path, item in document["paths"].items():
        if "get" in item and _page(document, item["get"]):
            yield path, item["get"]


def lacking(document: Json) -> list[str]:
    """What each list lacks, as `list_grants: updated_since`, but for what is exempt."""
    return [one for one in _all_lacking(document) if one not in EXEMPT]


def unneeded(document: Json) -> list[str]:
    """The exemptions of which there is no need: what they name is there, or the list is not."""
    return sorted(EXEMPT.keys() - {*_all_lacking(document)})


def _all_lacking(document: Json) -> Iterator[str]:
    for path, operation in lists(document):
        is_history = path.endswith("/history")
        name = "histories" if is_history else operation["operationId"]
        yield from (f"{name}: {fault}" for fault in _lacking(document, path, operation))


def _lacking(document: Json, path: str, operation: Json) -> Iterator[str]:
    shown = _shown(document, operation)
    given = (resolved(document, one) for one in operation.get("parameters", ()))
    asked = {one["name"]: one["schema"] for one in given if one["in"] == "query"}
    orders = resolved(document, asked.get("sort", {})).get("enum", ())
    wanted = {f"{moment}_{end}" for moment in _moments(shown) for end in ("from", "until")}
    changes = not {"version", "updated_at"}.isdisjoint(shown)
    wanted |= {"updated_since"} if changes else set()
    wanted |= {f"{name[:-3]}_reference" for name in asked if name[:-3] in REFERRED_TO}
    if "{" not in path:
        wanted |= {f"{noun}_id" for noun in _above(shown, asked) if noun in ABOVE}
    if not NAMES.isdisjoint(shown):
        wanted.add("q")
    yield from sorted(wanted - asked.keys())
    for order in sorted(_orders(shown)) if changes or "{" not in path else ():
        yield from (f"sort={one}" for one in (order, f"-{order}") if one not in orders)
    several = (one for one in asked if one in ("status", "kind") or one.endswith("_id"))
    yield from (f"{one}, several" for one in several if asked[one].get("type") != "array")


def _above(shown: Mapping[str, Json], asked: Mapping[str, Json]) -> set[str]:
    """What the rows of a list lie below, by what they show and what they are asked for by."""
    named = {*shown, *(name.removesuffix("_id") for name in (*shown, *asked))}
    above = {noun for noun in (*LIES_IN, *ABOVE) if noun in named}
    while more := {one for noun in above for one in LIES_IN.get(noun, ())} - above:
        above |= more
    return above


def _orders(shown: Mapping[str, Json]) -> set[str]:
    """What a list is sorted by, of what it shows."""
    by = {*NAMES, "due_on", "starts_at", "amount", "value_on", "updated_at"}
    return by & shown.keys()


def _moments(shown: Mapping[str, Json]) -> Iterator[str]:
    """The days and instants that a list shows, but when a row changed last."""
    for name, schema in shown.items():
        moment = ENDS.get(name) or re.sub(r"_(on|at)$", "", name)
        if name not in (moment, "updated_at") and _is_time(schema):
            yield moment


def _is_time(schema: Json) -> bool:
    return any(one.get("format", "").startswith("date") for one in schema.get("anyOf", [schema]))


def _page(document: Json, operation: Json) -> Mapping[str, Any]:
    content = resolved(document, operation["responses"].get("200", {})).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    return resolved(document, schema) if schema.get("$ref", "").endswith("Page") else {}


def _shown(document: Json, operation: Json) -> Mapping[str, Json]:
    page = _page(document, operation)
    return resolved(document, page["properties"]["items"]["items"]).get("properties", {})
