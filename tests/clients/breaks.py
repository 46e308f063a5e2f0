"""Changes of the document that break clients, and others that do not, to test the gate itself."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], object]


def _schema(document: Json, name: str) -> Json:
    return document["components"]["schemas"][name]


def _operation(document: Json, path: str, method: str) -> Json:
    return document["paths"][path][method]


def _lose_a_field(document: Json) -> None:
    schema = _schema(document, "OrganisationOut")
    del schema["properties"]["website"]
    schema["required"].remove("website")


def _demand_a_field(document: Json) -> None:
    schema = _schema(document, "CreateOrganisation")
    schema["required"] = [*schema["required"], "country"]


def _demand_a_parameter(document: Json) -> None:
    parameters = _operation(document, "/v1/programmes", "get")["parameters"]
    parameters[0]["required"] = True


def _rename_an_operation(document: Json) -> None:
    _operation(document, "/v1/me", "get")["operationId"] = "who_am_i"


def _add_a_status(document: Json) -> None:
    _schema(document, "CohortStatus")["enum"].append("frozen")


def _answer_another_type(document: Json) -> None:
    _schema(document, "TokensOut")["properties"]["expires_in"] = {"type": "string"}


def _lose_a_success(document: Json) -> None:
    responses = _operation(document, "/v1/invitations", "post")["responses"]
    responses["200"] = responses.pop("201")


def _lower_a_limit(document: Json) -> None:
    _schema(document, "LogIn")["properties"]["email"]["maxLength"] = 20


BREAKS: dict[str, tuple[Change, str]] = {
    "an operation is gone": (
        lambda document: document["paths"]["/v1/activity"].pop("get"),
        "/paths/~1v1~1activity",
    ),
    "a path is gone": (
        lambda document: document["paths"].pop("/v1/me/work"),
        "/paths/~1v1~1me~1work",
    ),
    "an answer lost a field": (_lose_a_field, "/properties/website"),
    "a request demands a field": (_demand_a_field, "~1v1~1organisations/post/requestBody"),
    "a parameter is demanded": (_demand_a_parameter, "~1v1~1programmes/get/parameters"),
    "an operation has another name": (_rename_an_operation, "~1v1~1me/get"),
    "an enum of an answer gained a value": (_add_a_status, "~1v1~1cohorts"),
    "a field has another type": (_answer_another_type, "/properties/expires_in"),
    "a success has another status": (_lose_a_success, "~1v1~1invitations/post"),
    "a text may be less long": (_lower_a_limit, "~1v1~1auth~1login/post/requestBody"),
}
"""Each change, and where `redocly diff` must see it."""


def _add_an_operation(document: Json) -> None:
    copied = dict(_operation(document, "/v1/me", "get"), operationId="get_me_again")
    document["paths"]["/v1/me/again"] = {"get": copied}


def _add_a_field(document: Json) -> None:
    schema = _schema(document, "MeOut")
    schema["properties"]["shoe_size"] = {"type": "integer"}
    schema["required"].append("shoe_size")


def _offer_a_parameter(document: Json) -> None:
    _operation(document, "/v1/programmes", "get")["parameters"].append(
        {"name": "colour", "in": "query", "required": False, "schema": {"type": "string"}}
    )


def _say_it_better(document: Json) -> None:
    _operation(document, "/v1/me", "get")["description"] = "Who you are."


GROWTH: tuple[Change, ...] = (_add_an_operation, _add_a_field, _offer_a_parameter, _say_it_better)
"""Changes that no client notices unless it wants to."""
