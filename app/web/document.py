"""From what FastAPI generates to the OpenAPI document that clients are built on.

Each step mends one thing that generators, linters or readers stumble over; they are independent
and run in the order of `finish`. The terms of each operation come from the routes themselves.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.web import (
    bodies,
    document_results,
    document_shared,
    document_terms,
    document_words,
    problem_shapes,
)
from app.web.routing import Route
from app.web.terms import PUBLIC, SIGNED_IN, Operation

Json = dict[str, Any]

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch"})
FASTAPIS_OWN = ("HTTPValidationError", "ValidationError")
READ_ONLY = {"get", "head"}


def operations(app: FastAPI) -> dict[str, Operation]:
    """The terms of every operation of `app`, by its name."""
    routes = (context.original_route for context in iter_route_contexts(app.router.routes))
    return {
        route.operation.name: route.operation
        for route in routes
        if isinstance(route, Route) and route.include_in_schema
    }


def finish(raw: Json, terms: Mapping[str, Operation], allows: Mapping[str, str]) -> Json:
    """The document that is published, made of `raw` in place.

    `terms` gives for each operationId what its route declared; `allows` for each permission what
    may be done with it, in a few words.
    """
    schemas: Json = raw.setdefault("components", {}).setdefault("schemas", {})
    for name in FASTAPIS_OWN:
        schemas.pop(name, None)
    schemas.update(problem_shapes.schemas())
    schemas.update(document_results.schemas())
    _each_schema(raw, document_results.refer)
    _each_schema(raw, _strip_title)
    _each_schema(raw, _mark_binary)
    refused: set[int] = set()
    for path, method, operation in each_operation(raw):
        told = terms[operation["operationId"]]
        _mend_parameters(operation, schemas)
        _take_merge_patch(operation, method)
        _demand_security(operation, method, told)
        _illustrate(operation)
        document_terms.add(operation, path, method, told)
        refused |= {refusal.status for refusal in told.refuses}
    document_words.describe(raw)
    document_shared.share_types([raw["paths"], schemas], schemas)
    needed = {one.permission for one in terms.values()} - {PUBLIC, SIGNED_IN}
    scopes = {permission: allows.get(permission, permission) for permission in sorted(needed)}
    every = [operation for *_, operation in each_operation(raw)]
    raw["components"] |= document_terms.components(scopes)
    raw["components"]["parameters"] |= document_shared.share_parameters(every)
    raw["components"]["headers"] |= document_shared.share_headers(
        every, raw["components"]["headers"]
    )
    shared = document_shared.share_answers(every)
    raw["components"]["responses"] = shared | document_shared.responses(refused)
    raw["components"] = document_shared.used(raw["components"], raw["paths"])
    raw["paths"] = dict(sorted(raw["paths"].items()))
    return raw


def each_operation(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every operation with its path and its method in lower case."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def _each_schema(node: Any, mend: Callable[[Json], None]) -> None:
    if isinstance(node, dict):
        if "properties" in node or "type" in node or "anyOf" in node or "$ref" in node:
            mend(node)
        for name, member in node.items():
            if name not in ("example", "examples", "default", "const", "enum"):
                _each_schema(member, mend)
    elif isinstance(node, list):
        for member in node:
            _each_schema(member, mend)


def _strip_title(schema: Json) -> None:
    """Generators make type names of titles, and stumble where two are alike."""
    if isinstance(schema.get("title"), str):
        del schema["title"]


def _mark_binary(schema: Json) -> None:
    """Generators know `format: binary`, and not yet the `contentMediaType` of JSON Schema."""
    if schema.get("contentMediaType") == "application/octet-stream":
        schema["format"] = "binary"


def _mend_parameters(operation: Json, schemas: Json) -> None:
    """An optional parameter is left out, not sent as null; nor is it described twice. By what a
    list may be sorted stands where it is said: it is no type that anything else has."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        if schema.get("description") == parameter.get("description"):
            schema.pop("description", None)
        choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
        if "anyOf" in schema:
            del schema["anyOf"]
            schema.update(choices[0] if len(choices) == 1 else {"anyOf": choices})
        if parameter["name"] == "sort":
            schema |= schemas[schema.pop("$ref").rpartition("/")[2]]


def _take_merge_patch(operation: Json, method: str) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    if method == "patch" and bodies.JSON in content:
        operation["requestBody"]["content"] = {
            bodies.MERGE_PATCH: content[bodies.JSON],
            bodies.JSON: content[bodies.JSON],
        }


def _demand_security(operation: Json, method: str, terms: Operation) -> None:
    """API tokens only read, so Basic is offered where nothing changes."""
    if terms.permission == PUBLIC:
        operation["security"] = []
        return
    scopes = [] if terms.permission == SIGNED_IN else [terms.permission]
    operation["security"] = [{"bearer": []}, {"oauth2": scopes}]
    if method in READ_ONLY:
        operation["security"].append({"basic": []})


def _illustrate(operation: Json) -> None:
    """The example that a route declares goes to the body, or to the success where there is none."""
    if (example := operation.pop("x-example", None)) is None:
        return
    body = operation.get("requestBody", {}).get("content", {})
    answers = [
        media
        for status, response in operation["responses"].items()
        if status.startswith("2")
        for media in response.get("content", {}).values()
    ]
    for media in body.values() or answers:
        media.setdefault("example", example)
