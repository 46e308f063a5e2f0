"""Every route says who may call it, and one that is not open proves who does."""

import typing
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, SecretStr

from app.kernel.paging import PageQuery
from app.kernel.permissions import PERMISSIONS
from app.kernel.schemas import Request
from app.main import create_app
from app.people.identity.actors import SignedIn
from app.people.identity.deps import CurrentActor, ReadingActor
from app.settings import Settings
from app.web.routing import PUBLIC, SIGNED_IN, Operation, Route, Router

OPEN = {
    "/healthz",
    "/readyz",
    "/problems",
    "/problems/{code}",
    "/openapi.json",
    "/docs",
    "/docs/start.js",
    "/docs/files",
}
"""Addresses beside the API that anyone may read: they tell nothing of the network."""


@pytest.fixture(scope="module")
def house() -> FastAPI:
    return create_app(
        Settings(database_url="postgresql://nowhere/none", secret_key=SecretStr("x" * 40))
    )


def faults(app: FastAPI) -> Iterator[str]:
    """What is wrong with the routes of `app`."""
    for context in iter_route_contexts(app.router.routes):
        route = context.original_route
        if isinstance(route, Route):
            yield from (f"{route.name}: {fault}" for fault in _faults_of(route))
        elif context.path not in OPEN:
            yield f"{context.path}: declares no permission"


def _faults_of(route: Route) -> Iterator[str]:
    terms: Operation = route.operation
    proofs = _dependencies(route)
    if terms.permission not in PERMISSIONS.keys() | {PUBLIC, SIGNED_IN}:
        yield f"{terms.permission!r} is no permission"
    if terms.permission != PUBLIC and not any(_proves(call) for call in proofs):
        yield "takes no actor"
    if terms.idempotent and _call_of(CurrentActor) not in proofs:
        yield "promises idempotency, which CurrentActor begins"


def _dependencies(route: APIRoute) -> list[Any]:
    return [dependency.call for dependency in route.dependant.dependencies]


def _proves(call: Any) -> bool:
    returned = typing.get_type_hints(call).get("return")
    return isinstance(returned, type) and issubclass(returned, SignedIn)


def _call_of(dependency: Any) -> Any:
    return typing.get_args(dependency)[1].dependency


def test_every_route_of_the_house_is_sound(house: FastAPI) -> None:
    assert list(faults(house)) == []
    assert any(isinstance(c.original_route, Route) for c in iter_route_contexts(house.routes))


def test_a_route_without_a_permission_does_not_register() -> None:
    router = Router("Probe")

    with pytest.raises(TypeError, match="permission"):
        router.get("/probe")


def test_what_is_wrong_with_a_route_is_seen() -> None:
    router, plain = Router("Probe"), APIRouter()

    @router.get("/anonymous", permission=SIGNED_IN)
    async def anonymous() -> None:
        """Take no actor."""

    @router.get("/unknown", permission="report.levitate")
    async def unknown(actor: CurrentActor) -> None:
        """Ask for a permission that nobody can hold."""

    @router.post("/unkept", permission=SIGNED_IN)
    async def unkept(actor: ReadingActor) -> None:
        """Promise what is not kept."""

    @router.get("/guest", permission=SIGNED_IN)
    async def guest(actor: Annotated[SignedIn, Depends(lambda: None)]) -> None:
        """Take an actor that nothing has proved."""

    @plain.get("/v1/plain")
    async def undeclared() -> None:
        """Pass by the kernel's router."""

    app = FastAPI(openapi_url=None)
    app.include_router(router.api)
    app.include_router(plain)

    assert list(faults(app)) == [
        "anonymous: takes no actor",
        "unknown: 'report.levitate' is no permission",
        "unkept: promises idempotency, which CurrentActor begins",
        "guest: takes no actor",
        "/v1/plain: declares no permission",
    ]


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in model.__subclasses__():
        yield child
        yield from subclasses(child)


def test_no_request_contains_a_status(house: FastAPI) -> None:
    """A filter may; what is sent to be stored may not."""
    bodies = [one for one in subclasses(Request) if not issubclass(one, PageQuery)]
    assert bodies

    assert [body.__name__ for body in bodies if "status" in body.model_fields] == []
