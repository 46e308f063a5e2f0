"""Refusals as exceptions: what a program asks of them, and what a form shows."""

import json
from http import HTTPStatus
from typing import Any, Protocol


class Answer(Protocol):
    """What an endpoint's `sync_detailed` gives."""

    status_code: HTTPStatus
    content: bytes
    parsed: Any


class Refused(Exception):
    """The service refused (RFC 9457): `code` is for the program, `detail` for the person."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem["detail"])
        self.problem = problem
        self.status: int = problem["status"]
        self.code: str = problem["code"]
        self.detail: str = problem["detail"]
        self.request_id: str = problem.get("request_id", "")
        self.errors: list[dict[str, Any]] = problem.get("errors", [])
        self.unmet: list[dict[str, Any]] = problem.get("unmet", [])

    @property
    def fields(self) -> dict[str, str]:
        """What to say beside each field of a form, by the JSON Pointer of the field."""
        said = [*self.errors, *self.unmet]
        return {one["pointer"]: one["detail"] for one in said if one.get("pointer")}


class Stale(Refused):
    """Somebody changed it in between: read it again, and let the person decide."""


def taken(answer: Answer) -> Any:
    """The answer of an endpoint; raises what it was refused with."""
    if answer.status_code >= 400:
        raise refusal(answer.status_code, answer.content)
    return answer.parsed


def refusal(status: int, content: bytes) -> Refused:
    """What an answer that is no success says."""
    kind = Stale if status == HTTPStatus.PRECONDITION_FAILED else Refused
    return kind(_problem(status, content))


def _problem(status: int, content: bytes) -> dict[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        problem = None
    if isinstance(problem, dict) and "code" in problem:
        return problem
    detail = f"The answer was {status}, without an explanation."
    return {"status": status, "code": "unexplained", "detail": detail}
