"""Bodies that are left out where nothing need be said, and refused where nothing is taken."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.kernel.schemas import Name, Request, Response
from app.settings import Settings
from app.web import contract, problems
from app.web.routing import Router
from app.web.terms import PUBLIC
from tests.answers import problem
from tests.transport import Transport


class NoteOut(Response):
    text: str


class MayTell(Request):
    """What may be said."""

    text: Name = "nothing"


class MustTell(Request):
    """What is to be said."""

    text: Name


def application(settings: Settings) -> FastAPI:
    router, app = Router("Notes"), FastAPI(openapi_url=None)

    @router.post("/may-tell", permission=PUBLIC)
    async def may_tell(body: MayTell) -> NoteOut:
        """Say something, or nothing."""
        return NoteOut(text=body.text)

    @router.post("/must-tell", permission=PUBLIC)
    async def must_tell(body: MustTell) -> NoteOut:
        """Say something."""
        return NoteOut(text=body.text)

    @router.post("/tell", permission=PUBLIC)
    async def tell() -> NoteOut:
        """Say nothing."""
        return NoteOut(text="told")

    app.include_router(router.api)
    app.state.settings = settings
    problems.install(app)
    return app


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = Transport(application(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


async def test_what_need_say_nothing_need_not_be_sent(client: httpx.AsyncClient) -> None:
    said = [await client.post("/v1/may-tell"), await client.post("/v1/may-tell", json={})]
    assert [answer.json() for answer in said] == [{"text": "nothing"}] * 2
    told = await client.post("/v1/may-tell", json={"text": "all"})
    assert told.json() == {"text": "all"}


async def test_what_must_be_said_is_asked_for(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/must-tell")
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.parametrize("sent", [{}, {"json": {}}], ids=["nothing", "an empty object"])
async def test_where_no_body_is_taken_nothing_is_said(
    client: httpx.AsyncClient, sent: dict[str, Any]
) -> None:
    assert (await client.post("/v1/tell", **sent)).json() == {"text": "told"}


@pytest.mark.parametrize(
    "sent", [{"json": {"text": "all"}}, {"json": []}, {"content": b"all"}], ids=repr
)
async def test_a_body_that_is_not_taken_is_refused(
    client: httpx.AsyncClient, sent: dict[str, Any]
) -> None:
    answer = await client.post("/v1/tell", **sent)
    fault = {"pointer": "/", "code": "body_forbidden", "detail": "This endpoint takes no body."}
    assert answer.status_code == 422
    assert answer.json() == problem("validation_failed", 422, errors=[fault])


def test_the_document_says_so(settings: Settings) -> None:
    paths = contract.describe(application(settings))["paths"]
    bodies = {path: item["post"].get("requestBody") for path, item in paths.items()}
    assert "required" not in bodies["/v1/may-tell"]
    assert bodies["/v1/must-tell"]["required"] is True
    assert bodies["/v1/tell"] is None
