"""What many endpoints have in common, said once under `components`: problems, parameters, headers
and answers."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from app.kernel.errors import (
    PROBLEMS,
    BadRequest,
    Internal,
    NotAllowed,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    PreconditionRequired,
    Refusal,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)
from app.kernel.schemas import NAMED
from app.web.problem_shapes import OF_STATUS, PROBLEM_MEDIA_TYPE, Problem

Json = dict[str, Any]

NOT_MODIFIED: Final = "NotModified"

EVERYWHERE: Final[dict[int, type[Refusal]]] = {
    refusal.status: refusal
    for refusal in (
        BadRequest,
        Unauthenticated,
        NotAllowed,
        PreconditionFailed,
        PayloadTooLarge,
        UnsupportedMediaType,
        Unprocessable,
        PreconditionRequired,
        TooManyRequests,
        Internal,
        Unavailable,
    )
}
"""The refusal of each status that means the same wherever it is answered."""

NAMES: Final[dict[int, str]] = {
    400: "BadRequest",
    401: "Unauthenticated",
    403: "NotAllowed",
    404: "NotFound",
    408: "TooSlow",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "PayloadTooLarge",
    415: "UnsupportedMediaType",
    416: "RangeNotSatisfiable",
    422: "Unprocessable",
    428: "PreconditionRequired",
    429: "TooManyRequests",
    460: "ChecksumMismatch",
    500: "Internal",
    503: "Unavailable",
}

OF_ITS_OWN: Final = "One of the endpoint's own `x-problem-codes` of this status."

BESIDE: Final = ("default", "description", "examples")
"""What is said of one use of a type, beside the reference to it."""

HEADERS: Final[dict[int, dict[str, str]]] = {
    401: {"WWW-Authenticate": "WwwAuthenticate"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}


def responses(statuses: Iterable[int]) -> Json:
    """The shared answers: a problem for each status, and the one to who holds what there is."""
    made = {NAMES[status]: _problem(status) for status in sorted(statuses)}
    sent = {"ETag": "ETag", "X-Request-Id": "RequestId"}
    return made | {
        NOT_MODIFIED: {"description": "You hold what there is.", "headers": headers_of(sent)}
    }


def _problem(status: int) -> Json:
    shared = _of_all(status)
    said = " ".join(f"`{one.code}`: {one.explanation()}" for one in shared) or OF_ITS_OWN
    sent = {"X-Request-Id": "RequestId", **HEADERS.get(status, {})}
    shape = OF_STATUS.get(status, Problem).__name__
    return {
        "description": said,
        "headers": headers_of(sent),
        "content": {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{shape}"}}},
        **({"x-problem-codes": [one.code for one in shared]} if shared else {}),
    }


def _of_all(status: int) -> list[type[Refusal]]:
    anywhere = (one for one in PROBLEMS.values() if one.is_anywhere and one.status == status)
    first = [EVERYWHERE[status]] if status in EVERYWHERE else []
    return [*first, *sorted(anywhere, key=lambda one: one.code)]


def headers_of(sent: dict[str, str]) -> Json:
    """Headers by the names of the shared ones that describe them."""
    return {name: {"$ref": f"#/components/headers/{shared}"} for name, shared in sent.items()}


def answer_problems(operation: Json, path: str, refusals: Iterable[type[Refusal]]) -> None:
    """Let an operation answer with these refusals, and that each thing in its path is not there:
    by shared answers, and with its own codes."""
    refused = list(refusals)
    listed = [*refused, *_absences(path, refused)]
    if any(refusal.status == 404 for refusal in listed if refusal is not NotFound):
        listed = [refusal for refusal in listed if refusal is not NotFound]
    for status in {refusal.status for refusal in listed}:
        reference = {"$ref": f"#/components/responses/{NAMES[status]}"}
        operation["responses"][str(status)] = reference
    shared = {one for status in NAMES for one in _of_all(status)}
    own = sorted({refusal.code for refusal in listed if refusal not in shared})
    if own:
        operation["x-problem-codes"] = own


def _absences(path: str, refused: Iterable[type[Refusal]]) -> list[type[Refusal]]:
    """That a thing whose id is in the path is not there, each by its own code, where the route has
    not said it by another."""
    own = [refusal.code for refusal in refused]
    codes = [f"{name}_not_found" for name in re.findall(r"{(\w+)_id}", path)]
    unsaid = [code for code in codes if not any(one.endswith(code) for one in own)]
    return [PROBLEMS[code] for code in unsaid if code in PROBLEMS]


def share_types(node: Any, schemas: Json) -> None:
    """Move each type that is too long to be repeated to the schemas, by the name that it has."""
    for key, member in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(member, dict) and NAMED in member:
            node[key] = _by_name(member, schemas)
        elif isinstance(member, dict | list):
            share_types(member, schemas)


def _by_name(schema: Json, schemas: Json) -> Json:
    name = schema.pop(NAMED)
    beside = {key: schema.pop(key) for key in BESIDE if key in schema}
    shared = schemas.setdefault(name, schema)
    return {"$ref": f"#/components/schemas/{name}", **beside} if shared == schema else schema


def share_parameters(operations: Iterable[Json]) -> Json:
    """Move each parameter that several operations take to the components, which are returned.

    One of a named type is known by that type's name, any other by its own: the most used of those
    that share a name has it alone, the others say whose they are besides.
    """
    users: dict[str, list[Json]] = defaultdict(list)
    for operation in operations:
        for parameter in operation.get("parameters", []):
            if "$ref" not in parameter:
                users[json.dumps(parameter, sort_keys=True)].append(operation)
    several = {text: of for text, of in users.items() if len(of) > 1}
    paths = {one["name"] for one in map(json.loads, several) if one["in"] == "path"}
    made: Json = {}
    for text, of in sorted(several.items(), key=lambda item: (-len(item[1]), item[0])):
        parameter = json.loads(text)
        name = _name_of(parameter, paths)
        if name in made:
            name = f"{name}Of{_pascal(min(one['operationId'] for one in of))}"
        made[name] = parameter
        for operation in of:
            _refer(operation["parameters"], text, name)
    return made


def share_headers(operations: Iterable[Json], taken: Collection[str]) -> Json:
    """Move each header that several answers have to the components, which are returned.

    The most frequent of those that share a name has it alone, if it is not taken; the others say
    whose they are besides.
    """
    users: dict[tuple[str, str], list[tuple[str, Json]]] = defaultdict(list)
    for operation in operations:
        for answer in operation["responses"].values():
            for header, said in answer.get("headers", {}).items():
                if "$ref" not in said:
                    told = json.dumps(said, sort_keys=True)
                    users[header, told].append((operation["operationId"], answer["headers"]))
    made: Json = {}
    for (header, told), of in sorted(users.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(of) == 1:
            continue
        name = _pascal(header)
        if name in made or name in taken:
            name = f"{name}Of{_pascal(min(operation for operation, _ in of))}"
        made[name] = json.loads(told)
        for _, headers in of:
            headers[header] = {"$ref": f"#/components/headers/{name}"}
    return made


def share_answers(operations: Iterable[Json]) -> Json:
    """Move each success that several operations answer with to the components, which are returned.

    It is known by its schema; where operations answer with one schema and other headers or words,
    the most frequent has that name alone, the others say whose they are besides.
    """
    users: dict[str, list[tuple[Json, str]]] = defaultdict(list)
    for operation in operations:
        for status, answer in operation["responses"].items():
            if "$ref" not in answer:
                users[json.dumps(answer, sort_keys=True)].append((operation, status))
    several = {text: of for text, of in users.items() if len(of) > 1}
    made: Json = {}
    for text, of in sorted(several.items(), key=lambda item: (-len(item[1]), item[0])):
        answer = json.loads(text)
        name = _answered_with(answer)
        if name in made:
            name = f"{name}Of{_pascal(min(one['operationId'] for one, _ in of))}"
        made[name] = answer
        for operation, status in of:
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return made


def _answered_with(answer: Json) -> str:
    content = answer.get("content", {})
    plainly = "Csv" if "text/csv" in content else "Done"
    return next((one.rpartition("/")[2] for one in references(content)), plainly)


def _name_of(parameter: Json, paths: set[str]) -> str:
    schema = parameter["schema"]
    named = schema.get("$ref") or schema.get("items", {}).get("$ref")
    if named:
        return named.rpartition("/")[2]
    name = _pascal(parameter["name"])
    is_filter = parameter["in"] == "query" and parameter["name"] in paths
    return f"{name}Filter" if is_filter else name


def _refer(parameters: list[Json], text: str, name: str) -> None:
    for at, parameter in enumerate(parameters):
        if json.dumps(parameter, sort_keys=True) == text:
            parameters[at] = {"$ref": f"#/components/parameters/{name}"}


def _pascal(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node of the document."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for member in node:
            yield from references(member)


def used(components: Json, roots: Any) -> Json:
    """Of the components those that `roots` lead to, sorted; how one signs in stays whole."""
    reached: set[str] = set()
    to_see = set(references(roots))
    while to_see:
        one = to_see.pop()
        reached.add(one)
        _, _, kind, name = one.split("/")
        to_see |= set(references(components[kind][name])) - reached
    return {
        kind: {
            name: member
            for name, member in sorted(members.items())
            if kind == "securitySchemes" or f"#/components/{kind}/{name}" in reached
        }
        for kind, members in components.items()
    }
