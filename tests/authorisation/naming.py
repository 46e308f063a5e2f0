"""What is sent to an operation that has no id in its path: its body says what it is about.

Where it can name something, it names what the relation has: the collaboration, its people, its
organisation. Where it names nothing, it means the same in every relation.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import httpx

from tests.people.files.uploading import PDF, announcing

Ids = Mapping[str, str]
Body = dict[str, Any]


def _member(ids: Ids) -> Body:
    return {"role": "collaboration_member", "scope_id": ids["collaboration_id"]}


def _invited(ids: Ids) -> Body:
    return {"email": "somebody.new@example.org", "name": "Somebody New", **_member(ids)}


def _settled(ids: Ids) -> Body:
    answer = {"answer": "terminate", "reason": "Nobody is left to do it."}
    return {"grant_id": ids["grant_id"], "version": 1, **answer}


NAMING: Final[Mapping[str, Callable[[Ids], Body]]] = {
    "create_invitation": _invited,
    "create_invitations": lambda ids: {"items": [_invited(ids)]},
    "create_programme": lambda ids: {
        "convenor_ids": [ids["organisation_id"]],
        "funder_ids": [ids["organisation_id"]],
    },
    "create_role_assignment": lambda ids: {"account_id": ids["account_id"], **_member(ids)},
    "create_service_account": lambda _: {"name": "Another dashboard"},
    "declare_conflict_of_interest": lambda ids: {
        "account_id": ids["account_id"],
        "organisation_id": ids["organisation_id"],
    },
    **dict.fromkeys(
        (
            "import_external_grants",
            "import_milestone_grants",
            "import_open_data_pathway",
            "import_organisations",
            "import_people",
        ),
        lambda ids: {"file_id": ids["file_id"]},
    ),
    "create_round": lambda ids: {"framework_version_id": ids["published_version_id"]},
    "create_metric_chart": lambda ids: {"cohort_id": ids["cohort_id"]},
    "create_calendar_feed": lambda ids: {"cohort_id": ids["cohort_id"]},
    "import_open_seeds": lambda ids: {
        f"{name}_file_id": ids["file_id"]
        for name in ("organizations", "people", "cohorts", "projects")
    },
    "import_open_data_index": lambda ids: {
        f"{name}_file_id": ids["file_id"] for name in ("questions", "datasets", "places", "entries")
    },
    "settle_grants": lambda ids: {"items": [_settled(ids)]},
}
"""Of each operation that can name something, what of its example the relation says."""

WHOLE: Final = frozenset({"create_role_assignment", "create_service_account"})
"""Of which nothing of the example stands."""

FORMS: Final[Mapping[str, Body]] = {
    "issue_client_token": {
        "grant_type": "client_credentials",
        "client_id": "018f0000-0000-7000-8000-000000000000",
        "client_secret": "pln_cs_0000000000000000000000000000000000000000000000000",
    }
}
"""What is sent as a form."""

FORBIDDEN: Final = {"not_allowed", "role_reaches_further"}
"""What a batch says of a line that would be forbidden by itself."""

HEADERS: Final[Mapping[str, Mapping[str, str]]] = {"create_upload": announcing(PDF)}
"""What is said in headers."""


def body_about(operation: str, example: Any, ids: Ids) -> Any:
    """The body of an operation about what a relation has; the example where that names nothing."""
    if operation not in NAMING:
        return example
    said = NAMING[operation](ids)
    return said if operation in WHOLE else {**example, **said}


def letter_of(answer: httpx.Response) -> str | None:
    """N or F, where what the body names is not seen, or is seen and not for whoever asks; None
    where that is not what the answer says."""
    if answer.status_code != 422:
        return None
    said = answer.json()
    codes = {one["code"] for one in said["errors"]} or {said["code"]}
    if all(code.endswith(("_unknown", "_not_found")) for code in codes):
        return "N"
    return "F" if codes <= FORBIDDEN else None
