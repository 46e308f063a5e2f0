"""Whatever comes in is bounded: no text or list is longer, and no number larger, than is said."""

import json
from collections.abc import Iterator
from typing import Any

from app.web import contract
from app.web.document import each_operation
from app.web.schema_breaks import resolved

Json = dict[str, Any]

DOCUMENT: Json = json.loads(contract.FILE.read_text())

SAID_BY_FORMAT = {"binary", "date", "date-time", "uri", "uuid"}
"""What cannot be longer than what its format describes; a file is bounded by the settings."""


def unbounded(schema: Json, at: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Each part of a schema that may be as large as somebody likes."""
    if (name := schema.get("$ref", "")) in seen and name:
        return
    said = resolved(DOCUMENT, schema)
    within = seen | {name}
    closed = {"enum", "const", "x-vocabulary"} & said.keys() or said.get("format") in SAID_BY_FORMAT
    needed = {"string": ["maxLength"], "integer": ["minimum", "maximum"], "array": ["maxItems"]}
    if not closed:
        yield from (
            f"{at} has no {one}" for one in needed.get(said.get("type", ""), ()) if one not in said
        )
    for choice in said.get("anyOf", ()):
        yield from unbounded(choice, at, within)
    if "items" in said:
        yield from unbounded(said["items"], f"{at}[]", within)
    for field, member in said.get("properties", {}).items():
        yield from unbounded(member, f"{at}.{field}", within)


def test_whatever_comes_in_is_bounded() -> None:
    """The texts of parameters are, with all of the head (app/web/connections.py)."""
    found: list[str] = []
    for *_, operation in each_operation(DOCUMENT):
        name = operation["operationId"]
        for one in operation.get("parameters", ()):
            parameter = resolved(DOCUMENT, one)
            faults = unbounded(parameter["schema"], f"{name} {parameter['name']}")
            found += [one for one in faults if not one.endswith("maxLength")]
        for content in operation.get("requestBody", {}).get("content", {}).values():
            found += unbounded(content["schema"], name)
    assert sorted(set(found)) == []


def test_what_is_not_is_seen() -> None:
    schema = {
        "properties": {"a": {"type": "string"}, "b": {"items": {"type": "integer", "maximum": 2}}}
    }
    assert list(unbounded(schema, "it")) == ["it.a has no maxLength", "it.b[] has no minimum"]
