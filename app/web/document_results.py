"""What comes of long operations: the types of their results, of which no route says anything."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Json = dict[str, Any]

RESULTS: dict[str, type[BaseModel]] = {}
"""The type of what an operation of each kind comes to; filled as packages are imported."""

OF_ITS_KIND: Final = "x-result-by-kind"
"""Marks the property of the document that holds a result, and says there which kind has which."""


def schemas() -> Json:
    """All of them and what they are made of, as schemas of the document."""
    shapes = sorted(set(RESULTS.values()), key=lambda shape: shape.__name__)
    _, generated = models_json_schema(
        [(shape, "serialization") for shape in shapes],
        ref_template="#/components/schemas/{model}",
    )
    return generated.get("$defs", {})


def refer(property_: Json) -> None:
    """Say of a property what it may hold: the result of each kind there is today, that of a kind
    to come, or nothing yet."""
    if OF_ITS_KIND not in property_:
        return
    by_kind = {kind: shape.__name__ for kind, shape in sorted(RESULTS.items())}
    property_[OF_ITS_KIND] = by_kind
    property_["anyOf"] = [
        *({"$ref": f"#/components/schemas/{name}"} for name in sorted(set(by_kind.values()))),
        {
            "type": "object",
            "additionalProperties": True,
            "description": "That of a kind of operation that was added since.",
        },
        {"type": "null"},
    ]
