"""Answers that are JSON already: sent as they are, documented by their schema."""

from typing import Any, get_args, get_origin

from starlette.responses import Response

from app.kernel.written import Written, WrittenList


def answer_of(result: Any, status: int) -> Any:
    """The response that sends what was written; anything else as it is, for FastAPI to write."""
    if isinstance(result, Written | WrittenList):
        return Response(result.body, status, media_type="application/json")
    return result


def schema_of(annotation: Any) -> Any:
    """The schema by which an endpoint's answer is written; None where FastAPI writes it."""
    if get_origin(annotation) in (Written, WrittenList):
        return get_args(annotation)[0]
    return None
