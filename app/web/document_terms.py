"""What the terms of an operation add to the document: its headers, in and out, and its 304."""

from typing import Any, Final

from app.web import document_shared
from app.web.terms import Operation

Json = dict[str, Any]

PARAMETERS: dict[str, Json] = {
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` of what you read and now change. Missing: 428; stale: 412.",
        "schema": {"type": "string", "maxLength": 200},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "The `ETag` that you hold; 304 when it still stands.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A new UUID for each intention; sent again, the stored answer comes back.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
}
PARAMETERS["OptionalIfMatch"] = PARAMETERS["IfMatch"] | {
    "required": False,
    "description": "The `ETag` of what you read, to do this only if it still stands. Stale: 412.",
}
PARAMETERS["PartIfMatch"] = PARAMETERS["IfMatch"] | {
    "required": False,
    "description": "The `ETag` (or `etag`) of what you read and now replace. Missing where "
    "something was saved before: 428; stale, or nothing there: 412.",
}
PARAMETERS["PartIfNoneMatch"] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`*` says that nothing was saved here yet. Missing where nothing was: 428; "
    "where something was: 412.",
    "schema": {"type": "string", "maxLength": 200},
}
PARAMETERS["RequiredIdempotencyKey"] = PARAMETERS["IdempotencyKey"] | {"required": True}

HEADERS: dict[str, Json] = {
    "ETag": {
        "description": 'The version and a hash of the body, as `"version-hash"`; of a report '
        '`"version.content_version-hash"`.',
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "Where what was made is to be found.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "Link": {
        "description": 'The next page, with `rel="next"`, where there is one.',
        "schema": {"type": "string"},
    },
    "IdempotencyReplayed": {
        "description": "`true` when this is the stored answer to an earlier request.",
        "schema": {"type": "string", "const": "true"},
    },
    "RetryAfter": {
        "description": "Seconds to wait before the request is repeated.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Deprecation": {
        "description": "Since when this endpoint is known to go: `@` and seconds (RFC 9745).",
        "schema": {"type": "string"},
    },
    "Sunset": {
        "description": "When this endpoint goes, as an HTTP date (RFC 8594).",
        "schema": {"type": "string"},
    },
    "WwwAuthenticate": {
        "description": "How to sign in.",
        "schema": {"type": "string"},
    },
    "RequestId": {
        "description": "The request's id, yours if you sent a sane one.",
        "schema": {"type": "string"},
    },
}

FASTAPIS_SUCCESS = "Successful Response"

SUCCESSES = {
    "200": "What was asked for, or what it is now.",
    "201": "What was made.",
    "202": "Taken on; `Location` tells what becomes of it.",
    "204": "Done.",
}


def components(scopes: dict[str, str]) -> Json:
    """The shared parameters and headers, and the ways to sign in with their `scopes`."""
    return {
        "parameters": {**PARAMETERS},
        "headers": {**HEADERS},
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "description": "An access token from `POST /v1/auth/login` or "
                "`POST /v1/oauth/token`, or a service account's read-only API token.",
            },
            "basic": {
                "type": "http",
                "scheme": "basic",
                "description": "A service account's read-only API token as the password, with any "
                "user name: for spreadsheets that cannot send a bearer token.",
            },
            "oauth2": {
                "type": "oauth2",
                "description": "For service accounts.",
                "flows": {"clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": scopes}},
            },
        },
    }


KEPT: Final = frozenset({"application/json", "text/csv", "text/calendar", "text/html"})
"""What is answered whole, with an ETag."""


def add(operation: Json, path: str, method: str, terms: Operation) -> None:
    """Document the headers that an operation with these terms hears and answers with."""
    for marker in ("x-if-match", "x-idempotency-key"):
        operation.pop(marker, None)
    cached = method == "get" and not (terms.secret or terms.is_streamed) and _is_kept(operation)
    for name in _parameters(terms, cached):
        reference = {"$ref": f"#/components/parameters/{name}"}
        operation.setdefault("parameters", []).append(reference)
    operation["responses"].pop("422", None)
    for status, response in operation["responses"].items():
        response.setdefault("headers", {}).update(_headers(status, response, terms))
        if response["description"] == FASTAPIS_SUCCESS:
            response["description"] = SUCCESSES[status]
    if cached:
        shared = f"#/components/responses/{document_shared.NOT_MODIFIED}"
        operation["responses"].setdefault("304", {"$ref": shared})
    document_shared.answer_problems(operation, path, terms.refuses)
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _parameters(terms: Operation, cached: bool) -> list[str]:
    names: list[str] = []
    if terms.if_match:
        names.append("IfMatch")
    elif terms.saves_part:
        names += ["PartIfMatch", "PartIfNoneMatch"]
    elif terms.hears_if_match:
        names.append("OptionalIfMatch")
    if cached:
        names.append("IfNoneMatch")
    if terms.idempotent:
        names.append("RequiredIdempotencyKey" if terms.key_required else "IdempotencyKey")
    return names


def _headers(status: str, response: Json, terms: Operation) -> Json:
    sent = {"X-Request-Id": "RequestId"}
    if status in ("200", "201", "304") and not (terms.secret or terms.is_streamed):
        sent["ETag"] = "ETag"
    if status in ("201", "202") and terms.location:
        sent["Location"] = "Location"
    if status == "200" and _is_page(response):
        sent["Link"] = "Link"
    if terms.deprecation:
        sent |= {"Deprecation": "Deprecation", "Sunset": "Sunset"}
    if status.startswith("2") and terms.idempotent:
        sent["Idempotency-Replayed"] = "IdempotencyReplayed"
    return document_shared.headers_of(sent)


def _is_kept(operation: Json) -> bool:
    content = operation["responses"].get("200", {}).get("content", {})
    return not KEPT.isdisjoint(content)


def _is_page(response: Json) -> bool:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").endswith("Page")
