"""Changes of the document: those that break clients, and those that none notices.

Each is made of the document as it is, so that it stays a change of something that is there.
"""

import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], object]

STRING: Json = {"type": "string"}
JSON = "application/json"


def _operation(document: Json, name: str) -> Json:
    return next(
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if operation["operationId"] == name
    )


def _of(name: str, change: Change) -> Change:
    return lambda document: change(_operation(document, name))


def _schema(name: str, change: Change) -> Change:
    return lambda document: change(document["components"]["schemas"][name])


def _field(name: str, field: str, **said: Any) -> Change:
    return _schema(name, lambda schema: schema["properties"][field].update(said))


def _shared(kind: str, name: str, change: Change) -> Change:
    return lambda document: change(document["components"][kind][name])


def _new_parameter(**said: Any) -> Json:
    return {"name": "colour", "in": "query", "required": False, "schema": STRING, **said}


def _success(operation: Json, status: str = "200") -> Json:
    """What it answers with, by itself: `get_grant` alone answers so."""
    return operation["responses"][status]


def _rename(members: Json, name: str, other: str) -> None:
    members[other] = members.pop(name)


def _without(schema: Json, field: str) -> None:
    del schema["properties"][field]
    if field in schema.get("required", ()):
        schema["required"].remove(field)


def _nullable(schema: Json, field: str) -> None:
    told = schema["properties"][field]
    schema["properties"][field] = {"anyOf": [dict(told), {"type": "null"}]}


def _not_nullable(schema: Json, field: str) -> None:
    schema["properties"][field] = schema["properties"][field]["anyOf"][0]


def _more(schema: Json, field: str, *, required: bool) -> None:
    schema["properties"][field] = {"type": "integer"}
    if required:
        schema["required"] = [*schema.get("required", ()), field]


def _rename_a_schema(document: Json) -> None:
    renamed = json.loads(json.dumps(document).replace("/schemas/MeOut", "/schemas/MyselfOut"))
    _rename(renamed["components"]["schemas"], "MeOut", "MyselfOut")
    document.update(renamed)


BREAKS: dict[str, tuple[Change, str]] = {
    "an operation is gone": (
        lambda document: document["paths"]["/v1/activity"].pop("get"),
        "list_activity: GET /v1/activity is gone",
    ),
    "a path is gone": (
        lambda document: document["paths"].pop("/v1/me/work"),
        "list_my_work: GET /v1/me/work is gone",
    ),
    "an operation has another name": (
        _of("get_me", lambda one: one.update(operationId="who_am_i")),
        "get_me: is called who_am_i",
    ),
    "an operation takes another permission": (
        _of("get_grant", lambda one: one["security"][1].update(oauth2=["grant.audit"])),
        "get_grant: is not open to oauth2 as it was",
    ),
    "an operation is no more open to everyone": (
        _of("log_in", lambda one: one.update(security=[{"bearer": []}])),
        "log_in: is not open to everyone as it was",
    ),
    "an operation stands under another tag": (
        _of("get_me", lambda one: one.update(tags=["Myself"])),
        "get_me: stands under Myself",
    ),
    "a schema has another name": (_rename_a_schema, "the schema MeOut is gone"),
    "a vocabulary lost a word": (
        lambda document: document["x-vocabularies"]["role"].remove("adviser"),
        "the word adviser of role is gone",
    ),
    "a refusal has another code": (
        _of("create_cohort", lambda one: one["x-problem-codes"].clear()),
        "create_cohort: is never refused with",
    ),
    "a header is of another type": (
        _shared("headers", "RetryAfter", lambda one: one.update(schema=STRING)),
        "429 Retry-After is of another type",
    ),
    "a parameter is written otherwise": (
        _shared("parameters", "Cursor", lambda one: one.update(explode=False)),
        "query cursor is written otherwise",
    ),
    "a parameter is gone": (
        _of("list_milestones", lambda one: one["parameters"].pop()),
        "list_milestones: ",
    ),
    "a parameter is demanded": (
        _of("list_my_work", lambda one: one["parameters"].append(_new_parameter(required=True))),
        "list_my_work: query colour is demanded",
    ),
    "a parameter that was left out must be said": (
        _shared("parameters", "Cursor", lambda one: one.update(required=True)),
        "query cursor is demanded",
    ),
    "a page may hold less": (
        _shared("parameters", "Limit", lambda one: one["schema"].update(maximum=20)),
        "query limit has a narrower maximum",
    ),
    "a page holds another number where none is said": (
        _shared("parameters", "Limit", lambda one: one["schema"].update(default=20)),
        "query limit means something else where it is left out",
    ),
    "a request demands a field": (
        _schema("CreateOrganisation", lambda one: one["required"].append("country")),
        "create_organisation: body.country is demanded",
    ),
    "a request demands a new field": (
        _schema("CreateOrganisation", lambda one: _more(one, "shoe_size", required=True)),
        "create_organisation: body.shoe_size is demanded",
    ),
    "a request knows a field no more": (
        _schema("CreateOrganisation", lambda one: _without(one, "website")),
        "create_organisation: body.website is gone",
    ),
    "a field of a request may not be null any more": (
        _schema("EditOrganisation", lambda one: _not_nullable(one, "website")),
        "edit_organisation: body.website may not be null any more",
    ),
    "a text may be less long": (
        _field("LogIn", "email", maxLength=20),
        "log_in: body.email has a narrower maxLength",
    ),
    "a text has another pattern": (
        _field("CreateCohort", "reference", pattern="^[A-Z]+$"),
        "create_cohort: body.reference has another pattern",
    ),
    "a word is not taken any more": (
        _schema("OrganisationKind", lambda one: one["enum"].remove("other")),
        "body.kind does not take other any more",
    ),
    "a default is another": (
        _field("CreateCohort", "minimum_size", default=7),
        "create_cohort: body.minimum_size means something else where it is left out",
    ),
    "a body is demanded": (
        _of("end_affiliation", lambda one: one["requestBody"].update(required=True)),
        "end_affiliation: a body is demanded",
    ),
    "an answer lost a field": (
        _schema("OrganisationOut", lambda one: _without(one, "website")),
        ".website is gone",
    ),
    "a field of an answer may be absent": (
        _schema("OrganisationOut", lambda one: one["required"].remove("name")),
        ".name may be absent",
    ),
    "a field of an answer may be null": (
        _schema("OrganisationOut", lambda one: _nullable(one, "name")),
        ".name may be null",
    ),
    "a field of an answer has another type": (
        _field("TokensOut", "expires_in", type="string"),
        ".expires_in is of another type",
    ),
    "a closed list of an answer gained a word": (
        _schema("CohortStatus", lambda one: one["enum"].append("frozen")),
        ".status may be frozen",
    ),
    "a success has another status": (
        _of(
            "create_invitation",
            lambda one: one["responses"].update({"200": one["responses"].pop("201")}),
        ),
        "create_invitation: does not answer 201 any more",
    ),
    "an answer has another media type": (
        _of(
            "get_grant",
            lambda one: _success(one)["content"].update(
                {"text/plain": _success(one)["content"].pop("application/json")}
            ),
        ),
        "get_grant: 200 is no application/json any more",
    ),
    "an answer lost a header": (
        _of("get_grant", lambda one: _success(one)["headers"].pop("ETag")),
        "get_grant: 200 lacks ETag",
    ),
    "a problem lost a field": (
        _schema("Problem", lambda one: _without(one, "code")),
        ".code is gone",
    ),
}
"""Each break, and how it is told."""


def _again(document: Json) -> None:
    copied = dict(_operation(document, "get_me"), operationId="get_me_again")
    document["paths"]["/v1/me/again"] = {"get": copied}


GROWTH: dict[str, Change] = {
    "a new operation": _again,
    "a new field of an answer": _schema("MeOut", lambda one: _more(one, "shoe", required=True)),
    "a new optional parameter": _of(
        "list_my_work", lambda one: one["parameters"].append(_new_parameter())
    ),
    "a new optional field of a request": _schema(
        "CreateOrganisation", lambda one: _more(one, "shoe_size", required=False)
    ),
    "better words": _of("get_me", lambda one: one.update(description="Who you are.")),
    "another summary": _of("get_me", lambda one: one.update(summary="Me")),
    "an example": _of("create_report", lambda one: one.update(examples=[{}])),
    "a new word of a vocabulary": lambda document: document["x-vocabularies"]["role"].append(
        "cook"
    ),
    "other examples of a vocabulary": _schema("Role", lambda one: one.update(examples=["cook"])),
    "a new code of a problem": _of("get_grant", lambda one: one["x-problem-codes"].append("odd")),
    "a new status of an error": _of(
        "get_grant",
        lambda one: one["responses"].update({"410": {"$ref": "#/components/responses/NotFound"}}),
    ),
    "a new header of an answer": _of(
        "get_grant", lambda one: _success(one)["headers"].update({"X-New": {"schema": STRING}})
    ),
    "a text may be longer": _field("LogIn", "email", maxLength=500),
    "a field need not be said any more": _schema(
        "CreateOrganisation", lambda one: one["required"].remove("kind")
    ),
    "deprecation": _of("get_me", lambda one: one.update(deprecated=True)),
}
