"""Answers that are JSON already, or have an ETag already: documented by their schema."""

from typing import Any, get_args, get_origin

from starlette.responses import Response

from app.kernel.written import Tagged, Written, WrittenList


class TaggedResponse(Response):
    """An answer whose ETag was made of what it follows from, and not of its bytes."""


def answer_of(result: Any, status: int) -> Any:
    """The response that sends what was written; anything else as it is, for FastAPI to write."""
    if isinstance(result, Written | WrittenList):
        return Response(result.body, status, media_type="application/json")
    if isinstance(result, Tagged):
        headers = {"ETag": result.tag}
        if result.told is None:
            return TaggedResponse(status_code=304, headers=headers)
        body = result.told.model_dump_json()
        return TaggedResponse(body, status, headers, media_type="application/json")
    return result


def schema_of(annotation: Any) -> Any:
    """The schema by which an endpoint's answer is written; None where FastAPI writes it."""
    if get_origin(annotation) in (Written, WrittenList, Tagged):
        return get_args(annotation)[0]
    return None
