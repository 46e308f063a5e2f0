"""The document itself: committed, valid, and the same promises kept by each operation."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.kernel.permissions import PERMISSIONS
from app.main import create_app
from app.settings import Settings
from app.web import contract
from app.web.contract_report import report, undescribed, unexplained
from app.web.document import each_operation, operations
from app.web.terms import PUBLIC, SIGNED_IN
from tests.bound import SECRET
from tests.contract import kept
from tests.contract.looks import (
    LOOKS,
    Look,
    Told,
    documents_its_headers,
    documents_its_problems,
    examples_are_valid,
    names_its_permission,
    only_reading_is_open_to_basic,
    parameters_are_never_null,
    says_its_moves,
    says_what_it_is,
)
from tests.contract.recorder import PROBLEM, Documented

Json = dict[str, Any]

FROZEN = Path(__file__).parent / "operation_ids.txt"

MOST_BYTES_AN_OPERATION = 3_000
"""Of the document, minified and with its descriptions."""

APP = create_app(Settings(secret_key=SECRET))
DOCUMENT = kept.document()
SCHEMAS: Json = DOCUMENT["components"]["schemas"]
TERMS = operations(APP)
OPERATIONS = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in each_operation(DOCUMENT)
}

KNOWN = Documented.of(DOCUMENT)


def test_what_is_committed_is_what_the_code_says() -> None:
    written = contract.written(APP)
    assert json.loads(written) == DOCUMENT
    assert contract.FILE.read_text() == written, "the document is another: pln contract"


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


A_BODY_EACH = "bodies of two endpoints, of which each may grow"

MEAN_OTHER_THINGS = {
    ("Capacity", "Side"): "as what one signs, and for whom something waits",
    ("CreatePriorityArea", "CreateStrand"): "two nouns, of which each may grow",
    ("CreateReport", "EditReport"): "what is left out is empty in the one, and stays in the other",
    ("DelegateRsvp", "OfferServiceAccount"): A_BODY_EACH,
    ("EditPriorityArea", "EditStrand"): "two nouns, of which each may grow",
    ("ExchangeRateStatus", "VerificationStatus"): "two nouns, of which each may grow",
    ("FromFunder", "ReceiveRecovery"): A_BODY_EACH,
    ("ImportCalendar", "ImportExternalGrants", "ImportSpreadsheet"): A_BODY_EACH,
    ("ImportMilestoneGrants", "ImportOpenDataPathway"): A_BODY_EACH,
    ("MergeOrganisation", "UndoMergeOrganisation"): "what goes, and what comes back",
}
"""Schemas that are equal today, and why they are two."""


SAID = {"description", "example", "examples"}
"""What is said of a schema in words, which does not make it another."""


def _shape(node: Any, *, names: bool = False) -> Any:
    """A part of a schema without its words; what `names` its properties keeps them all."""
    if isinstance(node, list):
        return [_shape(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _shape(member, names=key == "properties" and not names)
        for key, member in node.items()
        if names or key not in SAID
    }


def equals(schemas: Json) -> list[tuple[str, ...]]:
    """The schemas that differ in nothing but the words in which they are described."""
    alike: dict[str, list[str]] = {}
    for name, schema in schemas.items():
        alike.setdefault(json.dumps(_shape(schema), sort_keys=True), []).append(name)
    return sorted(tuple(sorted(names)) for names in alike.values() if len(names) > 1)


def test_schemas_that_are_equal_and_mean_the_same_are_one() -> None:
    assert equals(SCHEMAS) == sorted(MEAN_OTHER_THINGS)


def test_schemas_that_differ_in_words_alone_are_seen() -> None:
    here = {"kind": {"type": "string", "description": "What.", "examples": ["a"]}}
    there = {"kind": {"type": "string", "description": "Which.", "examples": ["b"]}}
    other = {"kind": {"type": "string"}, "description": {"type": "string"}}
    schemas = {"A": {"properties": here}, "B": {"properties": there}, "C": {"properties": other}}
    assert equals(schemas) == [("A", "B")]


def test_what_several_operations_have_in_common_is_said_once() -> None:
    """Errors, and each answer, header and parameter that there is more than once, are in the
    components."""
    inline: Counter[str] = Counter()
    for name, (_, _, operation) in OPERATIONS.items():
        for status, answer in operation["responses"].items():
            assert status < "400" or set(answer) == {"$ref"}, f"{name} {status}"
            inline[json.dumps(answer)] += 1
        inline.update(json.dumps(one) for one in operation.get("parameters", []))
    shared = DOCUMENT["components"]["responses"].values()
    own = [one for *_, operation in OPERATIONS.values() for one in operation["responses"].values()]
    for answer in [*shared, *own]:
        inline.update(json.dumps(one) for one in answer.get("headers", {}).items())
    assert [one for one, times in inline.items() if times > 1 and "$ref" not in one] == []


def test_an_example_is_one_that_somebody_wrote() -> None:
    said = json.dumps([operation for *_, operation in OPERATIONS.values()])
    assert re.search(r'"text"(?!:)', said) is None


def test_every_property_and_parameter_says_what_it_is() -> None:
    assert undescribed(DOCUMENT) == []
    assert unexplained(DOCUMENT) == []


def test_one_that_does_not_is_seen() -> None:
    document = kept.copy()
    document["components"]["schemas"]["MeOut"]["properties"]["shoe_size"] = {"type": "integer"}
    parameter = {"name": "colour", "in": "query", "schema": {"type": "string"}}
    document["paths"]["/v1/me"]["get"]["parameters"].append(parameter)
    assert undescribed(document) == ["MeOut.shoe_size"]
    assert unexplained(document) == ["get_me.colour"]


def test_the_report_counts_what_there_is() -> None:
    said = report(DOCUMENT, types=False)
    assert said["operations"] == len(OPERATIONS)
    assert said["bytes an operation"] < MOST_BYTES_AN_OPERATION
    assert (said["properties without description"], said["parameters without description"]) == (
        0,
        0,
    )
    assert said["distinct responses"] < said["responses"] / 10


def test_what_comes_of_long_work_is_typed_by_its_kind() -> None:
    result = SCHEMAS["OperationOut"]["properties"]["result"]
    by_kind = result["x-result-by-kind"]
    assert [*by_kind] == DOCUMENT["x-vocabularies"]["operation_kind"]
    told = [one["$ref"].rpartition("/")[2] for one in result["anyOf"] if "$ref" in one]
    assert told == sorted(set(by_kind.values()))
    for name in told:
        assert SCHEMAS[name]["required"] == [*SCHEMAS[name]["properties"]]
    open_, none = result["anyOf"][len(told) :]
    assert (open_["additionalProperties"], none) == (True, {"type": "null"}), "kinds may be added"


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


ANSWERED = _reached(
    {
        name
        for _, _, operation in OPERATIONS.values()
        for answer in operation["responses"].values()
        for name in _refs(KNOWN.resolved(answer))
    }
)


def partial(schemas: Json) -> list[str]:
    """The keys that an answer may be without; what a problem tells besides is one of them."""
    return [
        f"{name}.{field}"
        for name, schema in schemas.items()
        if not name.endswith("Problem")
        for field in schema.get("properties", {})
        if field not in schema.get("required", [])
    ]


def test_every_key_of_an_answer_is_always_there() -> None:
    assert partial({name: SCHEMAS[name] for name in sorted(ANSWERED)}) == []


def test_one_that_is_not_is_seen() -> None:
    assert partial({"A": {"properties": {"b": {}, "c": {}}, "required": ["c"]}}) == ["A.b"]


def test_no_property_is_titled() -> None:
    titled = [
        f"{name}.{field}"
        for name, schema in SCHEMAS.items()
        for field, member in schema.get("properties", {}).items()
        if "title" in member
    ]
    assert titled == []


def test_every_permission_is_one_that_roles_can_hold() -> None:
    needed = {terms.permission for terms in TERMS.values()} - {PUBLIC, SIGNED_IN}
    assert needed - PERMISSIONS.keys() == set()


def told_of(name: str, known: Documented = KNOWN) -> Told:
    path, method, _ = OPERATIONS[name]
    return Told(name, path, method, known.document["paths"][path][method], TERMS[name], known)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_each_operation(look: Look) -> None:
    assert [
        f"{name}: {fault}" for name in sorted(OPERATIONS) for fault in look(told_of(name))
    ] == []


def secure_by_nothing(operation: Json) -> None:
    operation["security"] = [{"basic": []}]


def forget_its_moves(operation: Json) -> None:
    operation["description"], operation["x-moves"] = "Hand the report in.", []


def forget_its_problems(operation: Json) -> None:
    del operation["responses"]["409"], operation["responses"]["412"]
    operation["responses"]["404"] = {"content": {"application/json": {}}}
    operation["x-problem-codes"].remove("report_not_found")


def inlined(operation: Json) -> Json:
    """What the operation answers where it succeeds, of its own instead of shared."""
    operation["responses"]["200"] = deepcopy(KNOWN.resolved(operation["responses"]["200"]))
    return operation["responses"]["200"]


def forget_its_headers(operation: Json) -> None:
    operation["parameters"] = []
    del inlined(operation)["headers"]["ETag"]
    operation["responses"]["404"] = {"content": {PROBLEM: {}}, "headers": {}}


def take_null(operation: Json) -> None:
    schema = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    operation["parameters"] = [{"name": "a-b", "in": "query", "schema": schema}]


def answer_otherwise(operation: Json) -> None:
    inlined(operation)["content"]["application/json"]["example"] = {"items": 1}


PLANTED: dict[Look, tuple[str, Callable[[Json], None], list[str]]] = {
    says_what_it_is: (
        "get_report",
        lambda operation: operation.update(tags=["Odd"], summary="", description="A report."),
        ["its tags are ['Odd']", "has no summary", "is described as 'A report.'"],
    ),
    names_its_permission: (
        "get_report",
        secure_by_nothing,
        ["is not secured by {'bearer': []}", "is not secured by {'oauth2': ['report.read']}"],
    ),
    says_its_moves: (
        "recall_report",
        forget_its_moves,
        [
            "does not describe its move report: submitted → draft",
            "lists [], and moves ['report: submitted → draft']",
        ],
    ),
    documents_its_problems: (
        "submit_report",
        forget_its_problems,
        [
            "does not document 409",
            "does not document 412",
            "does not say by which code of its own a thing is not there",
            "documents 404 as ['application/json']",
        ],
    ),
    documents_its_headers: (
        "get_report",
        forget_its_headers,
        ["200 lacks ETag", "404 lacks X-Request-Id"],
    ),
    parameters_are_never_null: (
        "list_reports",
        take_null,
        ["a-b may be null", "a-b is an odd name"],
    ),
    examples_are_valid: (
        "list_reports",
        answer_otherwise,
        [
            f"/responses/200, application/json: {fault}"
            for fault in (
                'body: "next_cursor" is a required property',
                'body: "total_count" is a required property',
                'items: 1 is not of type "array"',
            )
        ],
    ),
    only_reading_is_open_to_basic: (
        "submit_report",
        secure_by_nothing,
        ["post takes [{'basic': []}]"],
    ),
}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.__name__)
def test_each_look_finds_what_is_planted(look: Look) -> None:
    name, plant, faults = PLANTED[look]
    known = Documented.of(kept.copy())
    told = told_of(name, known)
    assert list(look(told)) == []
    plant(told.operation)
    assert list(look(told_of(name, Documented.of(known.document)))) == faults
