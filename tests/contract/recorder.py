"""A transport between client and application that holds every answer against the document.

The document is the one that the application under test describes; that it is the committed one,
to the letter, is tested beside this (`test_document.py`).
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
from fastapi import FastAPI
from starlette.routing import Route

from app.web import contract
from app.web.document import each_operation, operations
from app.web.problem_shapes import OF_STATUS, Problem
from tests.contract import kept
from tests.contract.happened import Happened, faults, watched
from tests.contract.sentences import LISTED
from tests.transport import Transport

Json = dict[str, Any]

PROBLEM = "application/problem+json"

ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")

EXPLAINING = ("/actions", "/preview", "/publication")
"""Where it is asked what stands in the way."""

exercised: set[str] = set()
"""The operations that have succeeded at least once in this process."""

answered: set[str] = set()
"""Each operation with what it has answered in this process: a status, or the code of a refusal."""

_named: dict[tuple[str, str], bytes] = {}
"""What each ETag that an address has given stood for, in this process."""


class Disagreement(AssertionError):
    """What the service answered is not what its document says."""


@dataclass
class Documented:
    """The document of one application, with its schemas compiled when they are first needed."""

    document: Json
    paths: list[tuple[re.Pattern[str], str]]
    registry: jsonschema_rs.Registry
    validators: dict[str, Any] = field(default_factory=dict)
    found: dict[str, str | None] = field(default_factory=dict)
    """The templates of addresses that were asked for, whatever their ids."""

    @classmethod
    def of(cls, document: Json) -> "Documented":
        templates = sorted(document["paths"], key=lambda path: (path.count("{"), path))
        paths = [(_shape(path), path) for path in templates]
        return cls(document, paths, jsonschema_rs.Registry([("urn:document", document)]))

    def path_of(self, address: str) -> str | None:
        """The template that an address was made from; None when there is none."""
        alike = ID.sub("id", address)
        if alike not in self.found:
            fits = (path for shape, path in self.paths if shape.fullmatch(alike))
            self.found[alike] = next(fits, None)
        return self.found[alike]

    def resolved(self, node: Json) -> Json:
        """What a node of the document says, itself or where it refers to."""
        if "$ref" not in node:
            return node
        *_, kind, name = node["$ref"].split("/")
        return self.document["components"][kind][name]

    def faults(self, pointer: str, value: Any) -> Iterator[str]:
        """What is wrong with `value` by the schema at `pointer` of the document."""
        validator = self.validators.get(pointer)
        if validator is None:
            schema = {"$ref": f"urn:document#{quote(pointer, safe='/~')}"}
            validator = self.validators[pointer] = jsonschema_rs.Draft202012Validator(
                schema, registry=self.registry, validate_formats=True
            )
        for error in validator.iter_errors(value):
            yield f"{'/'.join(map(str, error.instance_path)) or 'body'}: {error.message}"


@cache
def _shape(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template))


_documented: dict[frozenset[str], Documented] = {}

_named_by: dict[tuple[tuple[str, str] | None, ...], frozenset[str]] = {}


def documented(app: FastAPI) -> Documented:
    """The document of `app`, made once for all applications with the same operations."""
    names = _names_of(app)
    if names not in _documented:
        document = kept.document()
        if {operation["operationId"] for *_, operation in each_operation(document)} != names:
            document = contract.describe(app)
        _documented[names] = Documented.of(document)
    return _documented[names]


def _names_of(app: FastAPI) -> frozenset[str]:
    """The operations of `app`, collected once for all applications with the same routes."""
    routes = tuple(
        (one.path, one.name) if isinstance(one, Route) else None for one in app.router.routes
    )
    if None in routes:  # a router within the router may hold anything
        return frozenset(operations(app))
    if routes not in _named_by:
        _named_by[routes] = frozenset(operations(app))
    return _named_by[routes]


class ContractRecorder(httpx.AsyncBaseTransport):
    """Passes requests on, checks what comes back, and notes which operations succeeded."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self._app = inner.app
        self._documented: Documented | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response, happened = await watched(self._inner, request)
        await response.aread()
        if self._documented is None:
            self._documented = documented(self._app)  # pyright: ignore[reportArgumentType]
        path = request.url.path
        if path.startswith("/v1/") or self._documented.path_of(path) is not None:
            if path == "/v1/activity" or path.endswith("/history"):
                await happened.learn_who_was_told(response)
            _check(self._documented, request, response, happened)
            _check_sentences(request, response)
            _check_tag(request, response)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class Listening(Transport):
    """For applications that a test makes itself: what is refused is said as it is listed."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        await response.aread()
        _check_sentences(request, response)
        return response


def _check(
    known: Documented, request: httpx.Request, response: httpx.Response, happened: Happened
) -> None:
    path = known.path_of(request.url.path)
    item = known.document["paths"].get(path, {})
    method = request.method.lower()
    if method == "head" and "head" not in item:
        method = "get"
    if method not in item:
        _check_unknown(known, request, response, found=path is not None)
        return
    operation = item[method]
    if "x-export" in operation and _media_of(response) == "text/csv":
        path = f"{path}/export"
        operation = known.document["paths"][path]["get"]
    where = f"{operation['operationId']} answered {response.status_code}"
    answers = operation["responses"]
    if str(response.status_code) not in answers:
        raise Disagreement(f"{where}, which it does not document: {response.text[:500]}")
    said = answers[str(response.status_code)]
    answer = known.resolved(said)
    step = path.replace("~", "~0").replace("/", "~1") if path else ""
    pointer = said.get("$ref", f"#/paths/{step}/{method}/responses/{response.status_code}")[1:]
    _check_body(known, request, response, answer, pointer, where)
    said = str(response.status_code)
    if _media_of(response) == PROBLEM:
        _check_code(operation, answer, response, where)
        _check_members(response, where)
        said = response.json()["code"] if response.content else said
    answered.add(f"{operation['operationId']} {said}")
    if response.is_success:
        exercised.add(operation["operationId"])
        for fault in faults(operation, response, happened):
            raise Disagreement(f"{operation['operationId']} {fault}")


def _check_code(operation: Json, answer: Json, response: httpx.Response, where: str) -> None:
    """A refusal has one of the codes that the operation or the shared answer lists."""
    listed = [*operation.get("x-problem-codes", ()), *answer.get("x-problem-codes", ())]
    if response.content and (code := response.json()["code"]) not in listed:
        raise Disagreement(f"{where} with {code}, which is not among its codes")


def _check_members(response: httpx.Response, where: str) -> None:
    """A refusal tells nothing that the schema of its status does not name; but for OAuth's own."""
    named = OF_STATUS.get(response.status_code, Problem).model_fields
    told = response.json().keys() if response.content else set[str]()
    if unnamed := told - named.keys() - {"error"}:
        raise Disagreement(f"{where} with {sorted(unnamed)}, which its schema does not name")


def _check_sentences(request: httpx.Request, response: httpx.Response) -> None:
    """A refusal, and what stands in the way of a move, is said as it is listed."""
    if request.method == "HEAD":
        return
    found: Iterator[str] = iter(())
    if _media_of(response) == PROBLEM:
        found = LISTED.faults(response.json(), _sent(request))
    elif response.status_code == 200 and request.url.path.endswith(EXPLAINING):
        told = response.json()
        explained = [*told.get("actions", ()), told.get("action", told)]
        found = chain.from_iterable(LISTED.unmet(one.get("unmet", [])) for one in explained)
    for fault in found:
        raise Disagreement(f"{request.method} {request.url.path}: {fault}")


def _sent(request: httpx.Request) -> object:
    try:
        return json.loads(request.content)
    except (ValueError, RecursionError, httpx.RequestNotRead):
        return {}


def _check_tag(request: httpx.Request, response: httpx.Response) -> None:
    """An ETag stands for one body and no other, whatever was done in between."""
    tag = response.headers.get("etag")
    if request.method != "GET" or response.status_code != 200 or tag is None:
        return
    digest = hashlib.sha256(response.content).digest()
    if _named.setdefault((str(request.url), tag), digest) != digest:
        raise Disagreement(f"{request.url} gave the ETag {tag} for two bodies")


def _check_unknown(
    known: Documented, request: httpx.Request, response: httpx.Response, *, found: bool
) -> None:
    """A path or a method that is not there is said so, as a problem."""
    where = f"{request.method} {request.url.path}, not in the document,"
    if response.is_success and request.method != "OPTIONS":
        raise Disagreement(f"{where} answered {response.status_code}")
    if found and response.status_code == 405 and not response.headers.get("allow"):
        raise Disagreement(f"{where} answered 405 without Allow")
    if response.is_error and request.method != "HEAD":
        _expect_media(response, PROBLEM, where)
        _expect_valid(known, "/components/schemas/Problem", response, where)


def _check_body(
    known: Documented,
    request: httpx.Request,
    response: httpx.Response,
    answer: Json,
    pointer: str,
    where: str,
) -> None:
    content: Json = answer.get("content", {})
    if request.method == "HEAD" or response.status_code == 304 or not content:
        if response.content:
            raise Disagreement(f"{where} with a body where the document has none")
        return
    media = _media_of(response)
    if media == "text/html" and pointer.startswith("/paths/~1problems"):
        return
    if media not in content:
        raise Disagreement(f"{where} as {media or 'nothing'}; documented: {', '.join(content)}")
    if media.endswith("json") and "schema" in content[media]:
        step = media.replace("/", "~1")
        _expect_valid(known, f"{pointer}/content/{step}/schema", response, where)


def _expect_valid(known: Documented, pointer: str, response: httpx.Response, where: str) -> None:
    faults = list(known.faults(pointer, response.json()))
    if faults:
        raise Disagreement("\n  ".join([f"{where} with another shape:", *faults[:10]]))


def _expect_media(response: httpx.Response, wanted: str, where: str) -> None:
    if _media_of(response) != wanted:
        raise Disagreement(f"{where} answered as {_media_of(response)}, not {wanted}")


def _media_of(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0]
