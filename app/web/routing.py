"""How an operation is declared, and what every answer carries.

`Router` is FastAPI's, with the terms of an operation as arguments: the permission it needs, the
moves it makes, the refusals it may answer with. What is declared is what the document says. A
route without a permission does not register.
"""

import functools
import inspect
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from app.kernel.paging import Paging
from app.kernel.transitions import Lifecycle
from app.kernel.written import Written
from app.web import (
    bodies,
    credentials,
    idempotency,
    moves,
    parameters,
    preconditions,
    rate_limits,
)
from app.web.deprecations import Deprecation
from app.web.export_answers import CsvResponse, Exported, documented
from app.web.moves import Told
from app.web.query_fields import keep_query_fields
from app.web.terms import PUBLIC, Endpoint, Operation, Refusals
from app.web.written_answers import TaggedResponse, answer_of, schema_of

keep_query_fields()

_result: ContextVar[Any] = ContextVar("result", default=None)
_request: ContextVar[Request] = ContextVar("request")


class Route(APIRoute):
    """Runs an operation by its terms: inside the transaction, around the endpoint."""

    operation: Operation

    @functools.cached_property
    def known(self) -> parameters.Known:
        """What it takes in its query: found out when it is first asked, for that is an eighth of
        what a start takes."""
        return parameters.Known.of(self)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        run = super().get_route_handler()
        self.operation = getattr(self.endpoint, "operation", Operation(self.name, PUBLIC))
        taken = bodies.types_of(self)
        prove = credentials.proof_of(self.dependant)
        changes = not bodies.WRITES.isdisjoint(self.methods or ())
        asks_first = bool(self.dependencies) or self.methods != {"GET"}

        async def handle(request: Request) -> Response:
            request.state.rate_limits = rate_limits.begin()
            refusal = self.known.refusal(request)
            if prove is not None and (asks_first or refusal):
                await prove(request)
            if refusal:
                raise refusal
            _result.set(None)
            _request.set(request)
            if taken or (changes and not self.operation.streams):
                request = await bodies.admit(request, taken, is_open=prove is None)
            try:
                response = await run(request)
            except idempotency.Replay as replay:
                return replay.response
            except RequestValidationError:
                if prove is not None:  # a read proves who asks when it asks, which it will not now
                    await prove(request)
                raise
            _dress(request, response, self.operation, self.known.names)
            rate_limits.dress(response.headers, request.state.rate_limits)
            await idempotency.store(request, response)
            return response

        return handle


def _is_saved_by_version(result: Any) -> bool:
    """Whether what is told has versions; of what never changes the ETag is the hash alone."""
    schema = result.schema if isinstance(result, Written) else type(result)
    return "version" in getattr(schema, "model_fields", ())


def _dress(request: Request, response: Response, terms: Operation, known: frozenset[str]) -> None:
    """Put on the headers that say how the body may be kept, found again and paged on."""
    headers = response.headers
    if terms.secret:
        headers["Cache-Control"] = "no-store"
    headers.setdefault("Cache-Control", "private, no-cache")
    headers.add_vary_header("Authorization")
    if terms.export:
        headers.add_vary_header("Accept")
    if terms.deprecation:
        terms.deprecation.dress(headers)
    result = _result.get()
    if terms.location and response.status_code in (201, 202):
        headers["Location"] = terms.location.format(id=result.id)
    if cursor := getattr(result, "next_cursor", None):
        name = "cursor" if "cursor" in known else "after"
        asked = [(key, value) for key, value in request.query_params.multi_items() if key != name]
        query = urlencode([*asked, (name, cursor)])
        headers["Link"] = f'<{request.url.path}?{query}>; rel="next"'
    if terms.secret or response.status_code not in (200, 201) or not hasattr(response, "body"):
        return
    if isinstance(response, TaggedResponse):
        return
    version = getattr(result, "version", None)
    if version is None and _is_saved_by_version(result):
        return
    content = getattr(result, "content_version", None)
    headers["ETag"] = tag = preconditions.etag(version, bytes(response.body), content)
    if request.method == "GET" and preconditions.is_unchanged(request, tag):
        response.status_code = 304
        response.body = b""
        del headers["content-length"]
        del headers["content-type"]


class Router:
    """The operations of one package: `router = Router("grants", tag="Grants")`."""

    def __init__(self, tag: str, prefix: str = "/v1") -> None:
        self.api = APIRouter(prefix=prefix, tags=[tag], route_class=Route)

    def get(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("GET", path, **terms)

    def head(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("HEAD", path, **terms)

    def post(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("POST", path, **terms)

    def put(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("PUT", path, **terms)

    def patch(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("PATCH", path, **terms)

    def delete(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("DELETE", path, **terms)

    def move(
        self,
        lifecycle: Lifecycle,
        name: str,
        *,
        thing_id: str | None = None,
        completed_by: str | None = None,
        also: tuple[Told, ...] = (),
        refuses: Refusals = (),
        key_required: bool = False,
        example: Any = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare the operation by which clients make a move, as the lifecycle's table has it.

        `thing_id` is the path parameter where it is not the noun's, `completed_by` says who
        completes a move of two persons, `also` tells what else is moved; with `key_required` an
        `Idempotency-Key` is sent. Raises TypeError for a
        function that contradicts the table.
        """
        made = moves.Made(lifecycle, name, thing_id or f"{lifecycle.noun}_id", completed_by)
        terms = made.terms(also, refuses)
        declare = self._declare("POST", **terms, key_required=key_required, example=example)
        return lambda endpoint: declare(made.agreeing(endpoint))

    def create(
        self,
        lifecycle: Lifecycle,
        path: str,
        *,
        by: tuple[str, ...] = ("create",),
        several: bool = False,
        if_match: bool = False,
        key_required: bool = False,
        refuses: Refusals = (),
        example: Any = None,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare an operation that makes a thing, or `several`, by one of the moves in `by`, as
        the lifecycle's table has them. With `if_match` the ETag of what it is made under is sent,
        with `key_required` an `Idempotency-Key`.
        """
        terms = moves.terms_of_making(lifecycle, by, None if several else self.api.prefix)
        return self._declare(
            "POST",
            path,
            **terms,
            if_match=if_match,
            key_required=key_required,
            refuses=refuses,
            example=example,
        )

    def preview(
        self, lifecycle: Lifecycle, name: str, *, refuses: Refusals = ()
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare the operation that says beforehand what a move would do, for who may make it."""
        return self._declare("GET", **moves.terms_of_preview(lifecycle, name, refuses))

    def options(self, path: str, **terms: Any) -> Callable[[Endpoint], Endpoint]:
        return self._declare("OPTIONS", path, **terms)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        permission: str,
        moves: tuple[Told, ...] = (),
        refuses: Refusals = (),
        if_match: bool = False,
        idempotent: bool | None = None,
        key_required: bool = False,
        secret: bool = False,
        location: str | None = None,
        status: int = 200,
        summary: str | None = None,
        example: Any = None,
        responses: dict[int | str, dict[str, Any]] | None = None,
        streams: str | None = None,
        export: Exported | None = None,
        is_streamed: bool = False,
        by_lifecycle: bool = False,
        deprecation: Deprecation | None = None,
        **more: Any,
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare the operation that the decorated function is.

        `permission` may be PUBLIC or SIGNED_IN; `moves` is what happens to a status, told from its
        lifecycle; `refuses` the refusals beyond those that every operation of
        its kind has; `if_match` that the ETag must be sent; `idempotent` whether an
        Idempotency-Key is heard (by default on writes that show no secret); `secret` that the
        answer is never to be kept; `location` the address of what was made, with `{id}`;
        `streams` the media type of a body that the endpoint reads itself, as it comes; `export`
        what the list is as CSV, where the endpoint's query is an `ExportChoice`: an operation of
        its own, too; `is_streamed` that the answer is sent as it is read; `deprecation` that it is
        to go.
        """
        writes = method in bodies.WRITES
        signed_in = permission != PUBLIC
        keyed = writes and signed_in and not secret if idempotent is None else idempotent

        def declare(endpoint: Endpoint) -> Endpoint:
            terms = Operation(
                name=endpoint.__name__,
                permission=permission,
                moves=moves,
                if_match=if_match,
                is_paged=_is_paged(endpoint),
                hears_if_match="if_match" in inspect.signature(endpoint).parameters,
                saves_part="is_new" in inspect.signature(endpoint).parameters,
                idempotent=keyed,
                key_required=key_required,
                secret=secret,
                location=location,
                export=export.name if export else None,
                is_streamed=is_streamed,
                by_lifecycle=by_lifecycle,
                streams=streams is not None,
                deprecation=deprecation,
            )
            possible = terms.possible_refusals(method, path, writes, refuses)
            if schema := schema_of(inspect.signature(endpoint).return_annotation):
                more["response_model"] = schema
            terms = replace(terms, refuses=tuple(possible))
            self.api.add_api_route(
                path,
                _remembering(endpoint, terms, export, method, status),
                methods=[method],
                name=endpoint.__name__,
                operation_id=endpoint.__name__,
                status_code=status,
                summary=summary or endpoint.__name__.replace("_", " ").capitalize(),
                description=terms.description(endpoint),
                responses=responses or {},
                openapi_extra={
                    "x-permission": permission,
                    **terms.extensions(example),
                    **bodies.streamed(streams),
                },
                deprecated=deprecation is not None or None,
                **more,
            )
            if export is not None:
                self._export(path, export, endpoint, permission=permission, refuses=refuses)
            return endpoint

        return declare

    def _export(self, path: str, exported: Exported, of: Endpoint, **terms: Any) -> None:
        """Declare the operation that sends a list as CSV, so that each answer has one type."""
        terms |= {"responses": documented(exported.export), "response_class": CsvResponse}
        declare = self._declare("GET", f"{path}/export", is_streamed=exported.is_streamed, **terms)
        declare(exported.operation(of, _request.get))


def _is_paged(endpoint: Endpoint) -> bool:
    """Whether its query says which page of a list is wanted."""
    annotations = [one.annotation for one in inspect.signature(endpoint).parameters.values()]
    kinds = [get_args(one)[0] for one in annotations if get_args(one)]
    return any(isinstance(one, type) and issubclass(one, Paging) for one in kinds)


def _remembering(
    endpoint: Endpoint, terms: Operation, export: Exported | None, method: str, status: int
) -> Endpoint:
    """The endpoint, leaving its result where the headers can be made from it; or the export that
    is wanted instead. What is JSON already is answered as it is; what is posted and need say
    nothing need not be sent."""

    @functools.wraps(endpoint)
    async def remember(*args: Any, **kwargs: Any) -> Any:
        if export is not None and (sent := await export.wanted(_request.get(), kwargs)):
            return sent
        result = await endpoint(*args, **kwargs)
        _result.set(result)
        return answer_of(result, status)

    if method == "POST":
        remember.__signature__ = bodies.optional_where_empty(inspect.signature(endpoint))  # pyright: ignore[reportFunctionMemberAccess, reportAttributeAccessIssue]
    remember.operation = terms  # pyright: ignore[reportFunctionMemberAccess, reportAttributeAccessIssue]
    return remember
