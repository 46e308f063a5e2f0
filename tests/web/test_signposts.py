"""An operation is found by the words of its path, and it is the one that would be found by trying
every pattern in turn; what that costs does not grow with the operations."""

import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette._utils import get_route_path
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from app.main import create_app
from app.settings import Settings
from app.web.signposts import Signposts, routes_for
from tests.bound import SECRET
from tests.transport import Transport

SETTINGS = Settings(secret_key=SecretStr(SECRET))
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return create_app(SETTINGS)


def scope_of(path: str, method: str = "GET", root_path: str = "") -> Scope:
    return {"type": "http", "method": method, "path": path, "root_path": root_path}


def meant(routes: list[BaseRoute], scope: Scope) -> list[tuple[BaseRoute, Match, Scope]]:
    """What of the routes matches, in their order: all that decides what is answered. A route whose
    pattern is another is not asked for more, which would be most of what it costs to try all."""
    path = get_route_path(scope)
    asked = [(route, *route.matches(scope)) for route in routes if _is_like(route, path)]
    return [one for one in asked if one[1] is not Match.NONE]


def _is_like(route: BaseRoute, path: str) -> bool:
    return not isinstance(route, Route) or route.path_regex.match(path) is not None


def assert_same(app: FastAPI, scope: Scope) -> None:
    narrowed = list(routes_for(app, scope))
    assert meant(narrowed, scope) == meant(app.router.routes, scope), scope["path"]
    assert len(narrowed) < 12, scope["path"]


def paths_like(template: str, words: list[str]) -> Iterator[str]:
    """The path of an operation, filled in in many ways, and what is close to it and no path."""
    parts = template.split("/")

    def filled(by: str) -> str:
        return "/".join(by if part.startswith("{") else part for part in parts)

    path = filled(str(uuid4()))
    yield from (path, filled("none"), filled("{id}"), filled("a b"), filled(""), filled("\n"))
    yield from (path + "/", path + "\n", path + "\n\n", path + "/more", path.upper(), "/" + path)
    yield path[: path.rindex("/")]
    for place, part in enumerate(parts):
        if part.startswith("{"):
            yield from (filled(word) for word in words[place :: len(parts)])


def test_every_path_means_what_it_would_by_trying_all(app: FastAPI) -> None:
    templates = sorted({one.path for one in app.router.routes if isinstance(one, APIRoute)})
    assert len(templates) > 250
    words = sorted({word for one in templates for word in one.split("/") if "{" not in word})
    near = {path for one in templates for path in paths_like(one, words[::9])}
    for path in near | {"", "/", "//", "\n", "/v1", "/docs/files/x.css", "/docs/files", "no/slash"}:
        assert_same(app, scope_of(path))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("word", ["collaborations/register", "grants/settle", "invitations/batch"])
def test_a_word_and_an_id_are_told_apart_by_their_order_and_method(
    app: FastAPI, word: str, method: str
) -> None:
    scope = scope_of(f"/v1/{word}", method)
    assert_same(app, scope)
    found = [getattr(one, "path", "") for one, _, _ in meant(app.router.routes, scope)]
    assert found[0] == f"/v1/{word}"
    assert all("{" in path for path in found[1:])
    assert len(found) > 1


@pytest.mark.parametrize("path", ["/v1/grants", "/api/v1/grants", "/apiary/v1/grants", "/api"])
def test_it_is_found_below_the_address_of_a_proxy(app: FastAPI, path: str) -> None:
    assert_same(app, scope_of(path, root_path="/api"))


def test_what_has_no_fixed_length_is_found_wherever_it_may_be_meant() -> None:
    async def answer() -> None: ...

    app = FastAPI(openapi_url=None)
    for path in ("/files/{rest:path}", "/files/{n:int}", "/a{b}c/{d}.csv", "/files/fixed"):
        app.router.add_api_route(path, answer)
    signposts = Signposts(app.router)
    for path in ("/files/a/b", "/files/7", "/files/fixed", "/aXc/y.csv", "/aXc/y", "/files/", "/x"):
        scope = scope_of(path)
        assert meant(list(signposts.routes(scope)), scope) == meant(app.router.routes, scope)


def test_a_route_that_is_added_later_is_found(app: FastAPI) -> None:
    app = create_app(SETTINGS)
    before = scope_of("/v1/later")
    assert meant(list(routes_for(app, before)), before) == []

    @app.get("/v1/later")
    async def later() -> None: ...

    assert_same(app, before)
    assert [one[1] for one in meant(list(routes_for(app, before)), before)] == [Match.FULL]


# --- answers ------------------------------------------------------------------------------------


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = Transport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


ASKED = (
    "/healthz",
    "/healthz/",
    "/healthz%0A",
    "/v1/nothing",
    "/v1/grants/",
    "/v1/grants%2Fnone",
    "/v1/organisations/duplicates",
    "/v1/grants/none/activate",
    "/docs",
    "/docs/files/swagger-ui.css",
    "/docs/files/none.css",
    "/problems/not_found",
    "/problems/%6Eot_found",
    "/problems/no%74_one",
)


@pytest.mark.parametrize("method", METHODS)
async def test_answers_are_those_of_the_whole_router(method: str) -> None:
    """Where no database is: statuses, headers and bodies of both, but for what is new each time."""
    whole, narrowed = (create_app(SETTINGS) for _ in range(2))
    whole.router.middleware_stack = whole.router.app

    async def answers(app: FastAPI) -> list[Any]:
        found: list[Any] = []
        async with client_of(app) as client:
            for path in ASKED:
                answer = await client.request(method, path)
                headers = {k: v for k, v in answer.headers.items() if k != "x-request-id"}
                body = answer.content.replace(answer.headers["x-request-id"].encode(), b"")
                found.append((path, answer.status_code, headers, body))
        return found

    assert await answers(narrowed) == await answers(whole)


# --- what it costs --------------------------------------------------------------------------------


def calls(app: FastAPI, scope: Scope) -> int:
    """How many functions are called until the route of a scope is found."""
    counted = 0

    def count(_frame: FrameType, event: str, _of: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    routes_for(app, scope)
    sys.setprofile(count)
    try:
        for route in routes_for(app, scope):
            route.matches(scope)
    finally:
        sys.setprofile(None)
    return counted


def test_it_costs_the_same_with_ten_times_the_operations() -> None:
    async def answer() -> None: ...

    few, many = (create_app(SETTINGS) for _ in range(2))
    for number in range(2_000):
        many.router.routes.append(APIRoute(f"/v1/things-{number}/{{id}}/more", answer))
    for path in ("/healthz", f"/v1/grants/{uuid4()}", f"/v1/reports/{uuid4()}/submit", "/none"):
        assert calls(many, scope_of(path)) == calls(few, scope_of(path)) < 150
