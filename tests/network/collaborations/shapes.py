"""What collaborations look like on the wire."""

from typing import Any
from unittest.mock import ANY

from tests.answers import START, Like

OPERATIONS = {
    "scope": False,
    "form": False,
    "launch": False,
    "operate": False,
    "conclude": False,
    "hold": True,
    "resume": False,
    "abandon": True,
}
"""Each move, and whether it needs a reason."""


def actions(collaboration_id: str, *names: str) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_collaboration",
            "method": "POST",
            "href": f"/v1/collaborations/{collaboration_id}/{name}",
            "needs_reason": OPERATIONS[name],
            "needs_if_match": False,
        }
        for name in names
    ]


def shown(**more: Any) -> dict[str, Any]:
    return {
        "id": ANY,
        "dossier_id": ANY,
        "reference": Like(r"DC-\d{4}"),
        "name": "Data Cargo",
        "former_names": [],
        "merged_into_id": None,
        "challenge": None,
        "topic": None,
        "summary": None,
        "country": None,
        "origin": "network_member",
        "programme": None,
        "strand": None,
        "priority_area": None,
        "status": "idea",
        "launched_at": None,
        "held_from": None,
        "review_on": None,
        "is_held_by_team": False,
        "learning_waiver": None,
        "available_actions": [],
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **more,
    }


def row(verb: str, subject: Any, by: Any, **more: Any) -> dict[str, Any]:
    """One line of a collaboration's history."""
    return {
        "position": ANY,
        "verb": f"collaboration.{verb}",
        "noun": "collaboration",
        "subject_id": subject["id"],
        "subject": {"id": subject["id"], "reference": ANY, "name": ANY},
        "scope": {"id": ANY, "reference": ANY, "name": ANY},
        "from_status": None,
        "to_status": None,
        "account_id": str(by.account_id),
        "actor": {"id": str(by.account_id), "reference": None, "name": ANY},
        "reason": None,
        "detail": {},
        "occurred_at": START,
        "recorded_at": ANY,
        **more,
    }
