"""The OpenAPI document and its page, served without any address outside the service."""

import gzip
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import fastapi_offline
from anyio import to_thread
from fastapi import APIRouter, FastAPI, Request
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse, Response

from app.web import contract

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
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  showExtensions: true,
  validatorUrl: null,
});
"""


def install(app: FastAPI) -> None:
    """Serve `/openapi.json`, `/docs` and the files that the page is made of."""
    app.mount("/docs/files", StaticFiles(directory=FILES), name="docs_files")
    app.router.routes += router.routes


@dataclass(frozen=True)
class Written:
    """The document as it is committed, plain and compressed, each with its ETag."""

    plain: bytes
    zipped: bytes
    digest: str

    @classmethod
    def of(cls, text: str) -> "Written":
        plain = text.encode()
        return cls(plain, gzip.compress(plain, mtime=0), sha256(plain).hexdigest()[:32])

    def etag(self, *, zipped: bool) -> str:
        return f'"{self.digest}-gzip"' if zipped else f'"{self.digest}"'


@router.get("/openapi.json")
async def get_document(request: Request) -> Response:
    """The document as it is committed, with an ETag; 304 to those who have it. It is compressed
    once, and not anew for each who asks."""
    written = await _written(request.app)
    zipped = _takes_gzip(request.headers.get("accept-encoding", ""))
    headers = {"ETag": written.etag(zipped=zipped), "Cache-Control": "public, no-cache"}
    headers |= {"Vary": "Accept-Encoding"}
    held = ",".join(request.headers.getlist("if-none-match"))
    if any(written.etag(zipped=one) in held for one in (True, False)):
        return Response(status_code=304, headers=headers)
    if not zipped:
        return Response(written.plain, media_type="application/json", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(written.zipped, media_type="application/json", headers=headers)


def _takes_gzip(said: str) -> bool:
    """Whether an `Accept-Encoding` names gzip, and not only to refuse it."""
    named = [one.replace(" ", "").lower().partition(";") for one in said.split(",")]
    weights = [weight for coding, _, weight in named if coding == "gzip"]
    return any(not re.fullmatch(r"q=0(\.0*)?", weight) for weight in weights)


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


async def _written(app: FastAPI) -> Written:
    if not hasattr(app.state, "document"):
        app.state.document = Written.of(await to_thread.run_sync(contract.written, app))
    return app.state.document
