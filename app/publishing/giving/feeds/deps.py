"""How open data are answered: to anybody, kept by whoever passes them on, sent as they are read."""

from typing import Any, Final

from fastapi import Request
from starlette.responses import Response

from app.publishing.giving.feeds.service import GivingPackage
from app.web.export_answers import MEDIA_TYPE, Pieces, StreamedText
from app.web.preconditions import is_unchanged

OPEN: Final = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
}
"""What is told anybody may be read by a page of anybody's, which sends no credentials for it."""

JSON: Final = "application/json"


def answer(request: Request, package: GivingPackage, pieces: Pieces, kind: str) -> Response:
    """The package in this form, or that the client has it already."""
    headers = {"ETag": package.tag, **OPEN}
    if kind == MEDIA_TYPE:
        headers["Content-Disposition"] = f'attachment; filename="{package.fund_id}.csv"'
    if is_unchanged(request, package.tag):
        return Response(status_code=304, headers=headers)
    return StreamedText(pieces, headers, kind)


def documented(about: str, kind: str, example: Any) -> dict[int | str, dict[str, Any]]:
    """What the document says of such an answer, whose shape is that of the standard."""
    schema = {"type": "object" if kind == JSON else "string"}
    return {
        200: {"description": about, "content": {kind: {"schema": schema, "example": example}}},
        304: {"description": "It is as the client has it."},
    }
