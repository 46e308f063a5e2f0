"""How a page to print is sent: HTML that stands alone, and may run and fetch nothing."""

from typing import Any, Final

from starlette.responses import Response

MEDIA_TYPE: Final = "text/html"
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The page.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}


class PageResponse(Response):
    """A page, which has no policy but its own."""

    media_type = MEDIA_TYPE

    def __init__(self, content: str) -> None:
        super().__init__(content, headers={"Content-Security-Policy": POLICY})
