"""A body for every operation: the example that it declares, or one made of its schema.

A field says its own by `Field(examples=[…])`; where it does not, its type speaks for it. What is
made here is allowed, and means nothing.
"""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

OF_FORMAT = {
    "uuid": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91",
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
    "email": "ada@example.org",
    "uri": "https://example.org/",
    "binary": "",
}


def body_of(document: Json, operation: Json) -> Any:
    """What may be sent to an operation as JSON; None where it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    for name, media in content.items():
        if "example" in media:
            return media["example"]
        if "json" in name:
            return Made(document["components"]["schemas"]).of(media["schema"])
    return None


class Made:
    """Makes values out of the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def of(self, schema: Json) -> Any:
        """A value that `schema` allows."""
        if "$ref" in schema:
            return self.of(self._schemas[schema["$ref"].rpartition("/")[2]])
        for keyword in ("examples", "enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        for keyword in ("const", "default"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("anyOf", "oneOf", "allOf"):
            if keyword in schema:
                return self.of(schema[keyword][0])
        return self._of_type(schema)

    def _of_type(self, schema: Json) -> Any:
        match schema.get("type"):
            case "object":
                fields = schema.get("properties", {})
                return {name: self.of(field) for name, field in fields.items()}
            case "array":
                return [self.of(schema["items"])] if "items" in schema else []
            case "integer" | "number":
                return max(schema.get("minimum", 1), 1)
            case "boolean":
                return True
            case "string":
                return OF_FORMAT.get(schema.get("format", ""), "text")
            case _:
                return None
