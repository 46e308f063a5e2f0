"""Whatever takes a name, a title or a label takes one printable line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.kernel.printable import pattern
from app.web.schema_breaks import resolved
from tests.contract import kept

Json = dict[str, Any]

DOCUMENT: Final[Json] = json.loads(
    (Path(__file__).parents[2] / "openapi" / "openapi.json").read_bytes()
)
NAMES: Final = {"name", "title", "label"}


def taken(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Each name that a request gives: the schema that has it, the property, and its type."""
    bodies = [
        operation["requestBody"]
        for path in document["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "requestBody" in operation
    ]
    schemas, left, seen = document["components"]["schemas"], list(referred(bodies)), set[str]()
    while left:
        called = left.pop()
        if called not in seen:
            seen.add(called)
            left += referred(schemas[called])
            for name, said in schemas[called].get("properties", {}).items():
                types = [resolved(document, one) for one in said.get("anyOf", [said])]
                text = [one for one in types if one.get("type") == "string"]
                yield from ((called, name, one) for one in text if name in NAMES)


def referred(part: Any) -> Iterator[str]:
    """The schemas that a part of the document refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield str(part["$ref"]).rpartition("/")[2]
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from referred(one)


def unprintable(document: Json) -> list[str]:
    return [
        f"{schema}.{name}"
        for schema, name, said in taken(document)
        if said.get("pattern") != pattern()
    ]


def test_every_name_that_a_request_gives_is_one_printable_line() -> None:
    assert len(list(taken(DOCUMENT))) > 40
    assert unprintable(DOCUMENT) == []


def test_a_name_of_any_text_would_be_found() -> None:
    planted = kept.copy()
    schema, name, _ = next(iter(taken(planted)))
    planted["components"]["schemas"][schema]["properties"][name] = {"type": "string"}
    assert unprintable(planted) == [f"{schema}.{name}"]
