"""The document itself: committed, valid, and the same promises kept by each operation."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.kernel.permissions import PERMISSIONS
from app.main import create_app
from app.settings import Settings
from app.web import contract
from app.web.document import READ_ONLY, each_operation, operations
from app.web.routing import PUBLIC, SIGNED_IN
from tests.conftest import SECRET
from tests.contract.recorder import Documented

Json = dict[str, Any]

FROZEN = Path(__file__).parent / "operation_ids.txt"

APP = create_app(Settings(secret_key=SECRET))
DOCUMENT = json.loads(contract.written(APP))
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
TERMS = operations(APP)
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in each_operation(DOCUMENT)
}

KNOWN = Documented.of(DOCUMENT)

each = pytest.mark.parametrize("name", sorted(OPERATIONS))


def test_what_is_committed_is_what_the_code_says() -> None:
    assert contract.check(APP), "openapi/openapi.json is not what the code says: pln contract"


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_operation_ids_are_unique_and_frozen() -> None:
    written = [operation["operationId"] for *_, operation in each_operation(DOCUMENT)]
    assert len(written) == len(set(written))
    assert sorted(written) == FROZEN.read_text().split(), (
        f"clients call operations by these names: add to {FROZEN.name} what is new; "
        "what is there may go only with a new major version"
    )


def test_schemas_have_one_clean_name_each() -> None:
    odd = [name for name in SCHEMAS if re.search(r"-(Input|Output)$|_|\W", name)]
    assert odd == []


def test_nothing_is_left_of_fastapis_own_errors() -> None:
    assert "ValidationError" not in json.dumps(DOCUMENT)


def _refs(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for member in node.values():
            yield from _refs(member)
    elif isinstance(node, list):
        for member in node:
            yield from _refs(member)


def _reached(names: set[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name in SCHEMAS and name not in found:
            found.add(name)
            names |= set(_refs(SCHEMAS[name]))
    return found


ANSWERED = _reached({name for _, _, op in OPERATIONS.values() for name in _refs(op["responses"])})


@pytest.mark.parametrize("name", sorted(ANSWERED))
def test_every_key_of_an_answer_is_always_there(name: str) -> None:
    properties = SCHEMAS[name].get("properties", {})
    assert sorted(SCHEMAS[name].get("required", [])) == sorted(properties)


def test_no_property_is_titled() -> None:
    titled = [
        f"{name}.{field}"
        for name, schema in SCHEMAS.items()
        for field, member in schema.get("properties", {}).items()
        if "title" in member
    ]
    assert titled == []


@each
def test_it_says_what_it_is(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    assert operation["tags"] == [tag for tag in operation["tags"] if tag in contract.TAGS]
    assert len(operation["tags"]) == 1
    assert operation["summary"]
    assert len(operation["description"]) > 20


@each
def test_it_names_its_permission(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    permission = operation["x-permission"]
    assert permission == TERMS[name].permission
    if permission == PUBLIC:
        assert "Open to everyone." in operation["description"]
        assert operation["security"] == []
        return
    assert f"`{permission}`" in operation["description"] or permission == SIGNED_IN
    scopes = [] if permission == SIGNED_IN else [permission]
    assert {"bearer": []} in operation["security"]
    assert {"oauth2": scopes} in operation["security"]


def test_every_permission_is_one_that_roles_can_hold() -> None:
    needed = {terms.permission for terms in TERMS.values()} - {PUBLIC, SIGNED_IN}
    assert needed - PERMISSIONS.keys() == set()


@each
def test_it_says_its_moves(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    for move in TERMS[name].moves:
        assert f"Move: {move}." in operation["description"]
    assert operation.get("x-moves", []) == list(TERMS[name].moves)


@each
def test_it_documents_its_problems(name: str) -> None:
    path, method, operation = OPERATIONS[name]
    expected = {"400", "422", "500", "503"}
    expected |= {"401", "429"} if operation["security"] else set()
    expected |= {"404"} if "{" in path else set()
    expected |= {"413", "415"} if "requestBody" in operation else set()
    expected |= {"409"} if TERMS[name].moves else set()
    expected |= {"412", "428"} if TERMS[name].if_match else set()
    assert expected <= set(operation["responses"])
    for status, response in operation["responses"].items():
        if status >= "400" and method != "head":
            assert list(response["content"]) == ["application/problem+json"], status


def _header_parameters(operation: Json) -> dict[str, bool]:
    shared: Json = DOCUMENT["components"]["parameters"]
    told = [
        shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in operation.get("parameters", [])
    ]
    return {one["name"]: one["required"] for one in told if one["in"] == "header"}


@each
def test_it_documents_its_headers(name: str) -> None:
    _, method, operation = OPERATIONS[name]
    terms, headers = TERMS[name], _header_parameters(operation)
    heard = False if terms.hears_if_match else None
    assert headers.get("If-Match") == (True if terms.if_match else heard)
    assert headers.get("Idempotency-Key") == (terms.key_required if terms.idempotent else None)
    for status, response in operation["responses"].items():
        sent = response["headers"]
        assert "X-Request-Id" in sent
        if status == "201" and terms.location:
            assert "Location" in sent
        if method == "get" and status == "200" and not terms.secret:
            assert "ETag" in sent


@each
def test_its_parameters_are_never_null(name: str) -> None:
    _, _, operation = OPERATIONS[name]
    own = [one for one in operation.get("parameters", []) if "$ref" not in one]
    assert [one["name"] for one in own if '"null"' in json.dumps(one["schema"])] == []
    for one in own:
        assert re.fullmatch(r"[a-z_]+|[A-Z][A-Za-z-]+", one["name"])


@each
def test_its_examples_are_valid(name: str) -> None:
    path, method, operation = OPERATIONS[name]
    at = f"/paths/{path.replace('/', '~1')}/{method}"
    bodies = {f"{at}/requestBody": operation.get("requestBody", {})}
    for status, answer in operation["responses"].items():
        if status < "300":
            bodies[f"{at}/responses/{status}"] = answer
    for pointer, body in bodies.items():
        for kind, media in body.get("content", {}).items():
            schema = f"{pointer}/content/{kind.replace('/', '~1')}/schema"
            assert list(KNOWN.faults(schema, media["example"])) == []


@each
def test_only_reading_is_open_to_basic(name: str) -> None:
    _, method, operation = OPERATIONS[name]
    if operation["security"]:
        assert ({"basic": []} in operation["security"]) == (method in READ_ONLY)
