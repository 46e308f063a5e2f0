"""The pages that a problem's `type` leads to: every refusal of the service, explained."""

import re
from html import escape
from typing import Annotated, Final

from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.kernel import schemas
from app.kernel.errors import PROBLEMS, NotFound, Refusal
from app.web.routing import Router
from app.web.terms import PUBLIC

router = Router("Problems", prefix="")

CODE: Final = re.compile(r"`([^`]+)`")
"""A word of the contract within a text."""

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class ProblemUnknown(NotFound):
    """No problem of this service has that code."""


class ProblemKind(schemas.Response):
    """One way in which the service refuses."""

    type: str = Field(description="Its address here.", examples=["/problems/not_found"])
    code: str = Field(description="What `code` says in an answer.", examples=["not_found"])
    title: str = Field(description="It in a few words.")
    status: int = Field(description="The HTTP status that it comes with.", examples=[404])
    explanation: str = Field(description="What it means, and what would mend it.")


class ProblemKinds(schemas.Response):
    """Every way in which the service refuses, by status and then by code."""

    items: list[ProblemKind]


def kind_of(refusal: type[Refusal]) -> ProblemKind:
    """What the registry says of one class of refusal."""
    return ProblemKind(
        type=f"/problems/{refusal.code}",
        code=refusal.code,
        title=refusal.title,
        status=refusal.status,
        explanation=refusal.explanation(),
    )


def kinds() -> ProblemKinds:
    """Every refusal that the service can make, by status and then by code."""
    found = [kind_of(refusal) for refusal in PROBLEMS.values()]
    return ProblemKinds(items=sorted(found, key=lambda kind: (kind.status, kind.code)))


@router.get("/problems", permission=PUBLIC, response_model=ProblemKinds)
async def list_problems(request: Request) -> Response:
    """Every code with which the service refuses, explained. A browser is sent a page."""
    listed = kinds()
    sections = "".join(
        f"<section id='{kind.code}'><h2>{escape(kind.title)}</h2>{_said(kind)}</section>"
        for kind in listed.items
    )
    return answer(request, listed, "Problems", sections)


@router.get(
    "/problems/{code}",
    permission=PUBLIC,
    response_model=ProblemKind,
    refuses=(ProblemUnknown,),
)
async def get_problem(
    request: Request, code: Annotated[str, Path(description="The `code` of a problem.")]
) -> Response:
    """What one code means: where the `type` of a problem leads. A browser is sent a page."""
    if code not in PROBLEMS:
        raise ProblemUnknown
    kind = kind_of(PROBLEMS[code])
    return answer(request, kind, kind.title, _said(kind))


def answer(request: Request, content: BaseModel, title: str, page: str) -> Response:
    """What is told, as JSON, or as a page to who asks for HTML."""
    headers = {"Vary": "Accept", "Cache-Control": "public, max-age=300"}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(content.model_dump(), headers=headers)
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title>"
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
        "padding:0 1rem}code{background:#eee;padding:0 .2em}</style>"
        f"<body><main><h1>{escape(title)}</h1>{page}</main>",
        headers=headers | {"Content-Security-Policy": PAGE_POLICY},
    )


def _said(kind: ProblemKind) -> str:
    explanation = CODE.sub(r"<code>\1</code>", escape(kind.explanation))
    return (
        f"<p>{kind.status} <a href='{kind.type}'><code>{kind.code}</code></a></p>"
        f"<p>{explanation}</p>"
    )
