"""The pages that a problem's `type` leads to: every refusal of the service, explained."""

from html import escape

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.kernel.errors import PROBLEMS, NotFound, Refusal

router = APIRouter(include_in_schema=False)

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class ProblemKind(BaseModel):
    """One entry of the registry."""

    type: str
    code: str
    title: str
    status: int
    explanation: str


class ProblemKinds(BaseModel):
    """The whole registry, by status and then by code."""

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


@router.get("/problems")
async def list_problems(request: Request) -> Response:
    """The registry, as JSON or as a page."""
    listed = kinds()
    return _answer(request, listed, "Problems", "".join(map(_section, listed.items)))


@router.get("/problems/{code}")
async def get_problem(request: Request, code: str) -> Response:
    """One entry of the registry, as JSON or as a page."""
    if code not in PROBLEMS:
        raise NotFound("No problem of this service has that code.")
    kind = kind_of(PROBLEMS[code])
    return _answer(request, kind, kind.title, _section(kind))


def _answer(request: Request, content: BaseModel, title: str, page: str) -> Response:
    headers = {"Vary": "Accept", "Cache-Control": "public, max-age=300"}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(content.model_dump(), headers=headers)
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title>"
        "<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;"
        "padding:0 1rem}code{background:#eee;padding:0 .2em}</style>"
        f"<body>{page}",
        headers=headers | {"Content-Security-Policy": PAGE_POLICY},
    )


def _section(kind: ProblemKind) -> str:
    return (
        f"<section id='{kind.code}'><h2>{kind.status} {escape(kind.title)}</h2>"
        f"<p><a href='{kind.type}'><code>{kind.code}</code></a></p>"
        f"<p>{escape(kind.explanation)}</p></section>"
    )
