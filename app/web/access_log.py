"""One line of the log for each request."""

from collections.abc import Mapping
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.methods import HEAD_SCOPE_KEY

access = structlog.get_logger("pln.access")

UNREMARKABLE = {"/healthz", "/readyz"}
"""Asked every few seconds by the platform; a line only when the answer is not a success."""


def _who(state: Mapping[str, Any]) -> UUID | None:
    """Who asked; nobody where the request says that nothing is to tell (`is_unsigned`)."""
    if state.get("is_unsigned"):
        return None
    return getattr(state.get("actor"), "account_id", None)


class AccessLog:
    """One line a request: what was asked by its template, who asked, what came of it, how long."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})
        started = perf_counter()
        status = 0

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, note_status)
        finally:
            route = getattr(scope.get("route"), "path_format", None)
            if route not in UNREMARKABLE or status >= 400:
                access.info(
                    "request",
                    method="HEAD" if HEAD_SCOPE_KEY in scope else scope["method"],
                    route=route,
                    status=status or None,
                    milliseconds=round((perf_counter() - started) * 1000, 1),
                    account_id=_who(state),
                )
