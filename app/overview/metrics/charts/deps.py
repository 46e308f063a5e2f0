"""How a chart page is answered: HTML that stands alone, may run and fetch nothing, and may stand
within a page of another site."""

from typing import Any, Final

from starlette.responses import Response

MEDIA_TYPE: Final = "text/html"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
DOCUMENTED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The page.", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}
}


class ChartResponse(Response):
    """A page, which has no policy but its own."""

    media_type = MEDIA_TYPE

    def __init__(self, content: str) -> None:
        super().__init__(content, headers=HEADERS)
