"""Every route says who may call it, and one that is not open proves who does."""

import re
import typing
from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel, SecretStr

from app.command.documentation import every_lifecycle
from app.kernel.paging import PageQuery
from app.kernel.permissions import PERMISSIONS
from app.kernel.schemas import Request
from app.main import create_app
from app.people.identity.actors import SignedIn
from app.people.identity.deps import CurrentActor, StreamingActor
from app.people.reads.reader import Reader
from app.settings import Settings
from app.web.document import operations
from app.web.exports import WholeQuery
from app.web.moves import told, told_new
from app.web.routing import Route, Router
from app.web.terms import PUBLIC, SIGNED_IN, Operation

OPEN = {
    "/healthz",
    "/readyz",
    "/problems",
    "/problems/{code}",
    "/vocabularies",
    "/vocabularies/{name}",
    "/openapi.json",
    "/docs",
    "/docs/start.js",
    "/docs/files",
}
"""Addresses beside the API that anyone may read: they tell nothing of the network."""

MOVES = [
    (lifecycle, move)
    for lifecycle in every_lifecycle()
    for move in lifecycle.moves
    if move.operation and move.from_ is not None
]
"""What clients move, each by an operation of its own."""

NAMES_OF_MOVES = {lifecycle.operation_id(move.name) for lifecycle, move in MOVES}
ADDRESSES_OF_MOVES = {f"/v1{lifecycle.address(move.name, '{}')}" for lifecycle, move in MOVES}

TOLD = {
    text
    for lifecycle in every_lifecycle()
    for move in lifecycle.moves
    for text in (told if move.from_ is not None else told_new)(lifecycle, move.name)
}
"""All that the tables say."""

BESIDE_ITS_TABLE: dict[str, str] = {}
"""Operations that have the name or the address of a move and are not declared from its table, and
why."""


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
    yield from (f"{call.__name__} waits for a thread" for call in _in_threads(route.dependant))
    if terms.permission not in PERMISSIONS.keys() | {PUBLIC, SIGNED_IN}:
        yield f"{terms.permission!r} is no permission"
    if terms.permission != PUBLIC and not any(_proves(call) for call in proofs):
        yield "takes no actor"
    if terms.idempotent and _call_of(CurrentActor) not in proofs:
        yield "promises idempotency, which CurrentActor begins"
    if _is_move(route) and not terms.by_lifecycle and route.name not in BESIDE_ITS_TABLE:
        yield "is a move, and is not declared by its table"
    yield from (f"{text!r} stands in no table" for text in terms.moves if not _is_told(text))


def _is_move(route: Route) -> bool:
    address = re.sub(r"\{\w+\}", "{}", route.path)
    return route.name in NAMES_OF_MOVES or address in ADDRESSES_OF_MOVES


def _is_told(text: str) -> bool:
    """Whether a table says this; of several ways to begin, whether it says each."""
    said = text.partition(", with ")[0]
    noun, is_begun, beginnings = said.partition(": → ")
    each = [f"{noun}: → {one}" for one in beginnings.split(" | ")] if is_begun else [said]
    return set(each) <= TOLD


def _dependencies(route: APIRoute) -> list[Any]:
    return [dependency.call for dependency in route.dependant.dependencies]


def _in_threads(of: Dependant) -> Iterator[Any]:
    """What FastAPI would hand to another thread, which costs more than the call itself."""
    if not (iscoroutinefunction(of.call) or isasyncgenfunction(of.call)):
        yield of.call
    for dependency in of.dependencies:
        yield from _in_threads(dependency)


def _proves(call: Any) -> bool:
    returned = typing.get_type_hints(call).get("return")
    return isinstance(returned, type) and issubclass(returned, SignedIn | Reader)


def _call_of(dependency: Any) -> Any:
    return typing.get_args(dependency)[1].dependency


def test_every_route_of_the_house_is_sound(house: FastAPI) -> None:
    assert list(faults(house)) == []
    assert any(isinstance(c.original_route, Route) for c in iter_route_contexts(house.routes))


def test_no_refusal_waits_for_a_thread(house: FastAPI) -> None:
    assert [one for one in house.exception_handlers.values() if not iscoroutinefunction(one)] == []


def test_a_route_without_a_permission_does_not_register() -> None:
    router = Router("Probe")

    with pytest.raises(TypeError, match="permission"):
        router.get("/probe")


def in_a_thread() -> None: ...


async def nobody() -> None: ...


def test_what_is_wrong_with_a_route_is_seen() -> None:
    router, plain = Router("Probe"), APIRouter()

    @router.get("/anonymous", permission=SIGNED_IN)
    async def anonymous() -> None:
        """Take no actor."""

    @router.get("/unknown", permission="report.levitate")
    async def unknown(actor: CurrentActor) -> None:
        """Ask for a permission that nobody can hold."""

    @router.post("/unkept", permission=SIGNED_IN)
    async def unkept(actor: StreamingActor) -> None:
        """Promise what is not kept."""

    @router.get("/threaded", permission=PUBLIC)
    async def threaded(found: Annotated[None, Depends(in_a_thread)]) -> None:
        """Need what is found in another thread."""

    @router.get("/guest", permission=SIGNED_IN)
    async def guest(actor: Annotated[SignedIn, Depends(nobody)]) -> None:
        """Take an actor that nothing has proved."""

    @router.post("/reports/{id}/submit", permission="report.submit")
    async def hand_in(actor: CurrentActor) -> None:
        """Stand where a move is made."""

    @router.post("/handed-in", permission="report.submit", moves=("report: draft → accepted",))
    async def submit_report(actor: CurrentActor) -> None:
        """Have the name of a move, and say of it what is not so."""

    @router.post("/begun", permission="report.create", moves=("report: → draft | accepted",))
    async def begin(actor: CurrentActor) -> None:
        """Begin where nothing begins."""

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
        "threaded: in_a_thread waits for a thread",
        "guest: takes no actor",
        "hand_in: is a move, and is not declared by its table",
        "submit_report: is a move, and is not declared by its table",
        "submit_report: 'report: draft → accepted' stands in no table",
        "begin: 'report: → draft | accepted' stands in no table",
        "/v1/plain: declares no permission",
    ]


def unmade(app: FastAPI) -> set[str]:
    """The moves that clients are offered and that no operation of `app` makes."""
    return NAMES_OF_MOVES - set(operations(app))


def test_every_move_that_clients_are_offered_is_an_operation(house: FastAPI) -> None:
    assert unmade(house) == set()
    assert unmade(FastAPI()) == NAMES_OF_MOVES


def test_a_move_of_two_persons_says_so(house: FastAPI) -> None:
    """`remove_membership` does not: the document of the release says nothing of it."""
    terms = operations(house)
    of_two = [lifecycle.operation_id(move.name) for lifecycle, move in MOVES if move.second]
    assert of_two

    silent = [name for name in of_two if ", with the second of " not in terms[name].moves[0]]
    assert silent == ["remove_membership"]


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in model.__subclasses__():
        yield child
        yield from subclasses(child)


def test_no_request_contains_a_status(house: FastAPI) -> None:
    """A filter may; what is sent to be stored may not."""
    queries = (PageQuery, WholeQuery)
    bodies = [one for one in subclasses(Request) if not issubclass(one, queries)]
    assert bodies

    assert [body.__name__ for body in bodies if "status" in body.model_fields] == []
