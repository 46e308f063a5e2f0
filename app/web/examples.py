"""An example for every body of the document, made of the examples of its fields.

A field says its own by `Field(examples=[…])`; where it does not, its type speaks for it. What is
made here is valid by its schema, which the linters check again.
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


class Examples:
    """Makes examples out of the schemas of one document."""

    def __init__(self, schemas: Mapping[str, Json]) -> None:
        self._schemas = schemas

    def add(self, operation: Json) -> None:
        """Give the request's body and each success of `operation` an example.

        What the route declared goes to the body, or to the success where there is no body.
        """
        declared = operation.pop("x-example", None)
        request = operation.get("requestBody", {}).get("content", {})
        answers = [
            media
            for status, response in operation["responses"].items()
            if status.startswith("2")
            for media in response.get("content", {}).values()
        ]
        for media in request.values():
            self._illustrate(media, declared)
        for media in answers:
            self._illustrate(media, None if request else declared)

    def _illustrate(self, media: Json, declared: Any) -> None:
        if "example" in media or "examples" in media:
            return
        media["example"] = self.of(media["schema"]) if declared is None else declared

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
