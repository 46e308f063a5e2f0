"""The OpenAPI document and its page, served without any address outside the service."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import fastapi_offline
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from pydantic_core import to_json
from starlette.responses import HTMLResponse, Response

router = APIRouter(include_in_schema=False)

FILES = Path(fastapi_offline.__file__).parent / "static"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

START = """
SwaggerUIBundle({
  url: document.currentScript.dataset.document,
  dom_id: "#page",
  deepLinking: true,
  displayOperationId: true,
  persistAuthorization: false,
  showExtensions: true,
  validatorUrl: null,
});
"""


def install(app: FastAPI) -> None:
    """Serve `/openapi.json`, `/docs` and the files that the page is made of."""
    app.mount("/docs/files", StaticFiles(directory=FILES), name="docs_files")
    app.router.routes += router.routes


@router.get("/openapi.json")
async def get_document(request: Request) -> Response:
    """The document of this service, with an ETag; 304 to those who have it."""
    content, etag = await _written(request.app)
    headers = {"ETag": etag, "Cache-Control": "public, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


@router.get("/docs")
async def get_page(request: Request) -> Response:
    """The document as a page to read and try."""
    root = request.scope.get("root_path", "")
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{request.app.title}</title>"
        f"<link rel=icon href='{root}/docs/files/favicon.png'>"
        f"<link rel=stylesheet href='{root}/docs/files/swagger-ui.css'>"
        "<body><div id=page></div>"
        f"<script src='{root}/docs/files/swagger-ui-bundle.js'></script>"
        f"<script src='{root}/docs/start.js' data-document='{root}/openapi.json'></script>",
        headers={"Content-Security-Policy": PAGE_POLICY},
    )


@router.get("/docs/start.js")
async def get_start() -> Response:
    """The script that starts the page; the page's policy allows none inside it."""
    return Response(START, media_type="text/javascript")


async def _written(app: FastAPI) -> tuple[bytes, str]:
    if not hasattr(app.state, "document"):
        app.state.document = await to_thread.run_sync(_write, app.openapi)
    return app.state.document


def _write(document: Any) -> tuple[bytes, str]:
    content = to_json(document())
    return content, f'"{sha256(content).hexdigest()[:32]}"'
