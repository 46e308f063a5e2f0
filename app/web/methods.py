"""HEAD wherever there is GET, and an `Allow` that tells the whole truth."""

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.errors import MethodNotAllowed
from app.web.problems import problem
from app.web.signposts import routes_for

HEAD_SCOPE_KEY = "pln.head"


class HeadAsGet:
    """Answers HEAD as GET without the body, save where a route answers HEAD itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD" or _answers_head(scope):
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        as_get = {**scope, "method": "GET", HEAD_SCOPE_KEY: True}
        await self.app(as_get, receive, send_without_body)


async def on_method_not_allowed(request: Request, _error: Exception) -> Response:
    """405 with every method that this path takes, not only those of the first route found."""
    methods = allowed_methods(request.app, request.scope)
    return problem(request, MethodNotAllowed(headers={"Allow": ", ".join(sorted(methods))}))


def allowed_methods(app: FastAPI, scope: Scope) -> set[str]:
    """The methods that some route takes on the path of `scope`.

    A path that stands in the document word for word is not taken for another's id as well.
    """
    found = [one for one in iter_route_contexts(routes_for(app, scope)) if _matches(one, scope)]
    literal = [one for one in found if one.path_format == scope["path"]]
    methods = {method for one in literal or found for method in one.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods


def _answers_head(scope: Scope) -> bool:
    app: FastAPI = scope["app"]
    return any(
        "HEAD" in (context.methods or ()) and _matches(context, scope)
        for context in iter_route_contexts(routes_for(app, scope))
    )


def _matches(context: RouteContext, scope: Scope) -> bool:
    match, _ = context.matches(scope)
    return match is not Match.NONE
