"""An operation that is to go says so, in its answers and in the document, half a year before."""

from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
from fastapi import FastAPI

from app.kernel.schemas import Response
from app.web import contract, problems
from app.web.deprecations import Deprecation
from app.web.routing import Router
from app.web.terms import PUBLIC
from tests.transport import Transport

GOES = Deprecation(date(2026, 3, 1), date(2026, 9, 1), "list_notes")


class NoteOut(Response):
    text: str


def application() -> FastAPI:
    router, app = Router("Notes"), FastAPI(openapi_url=None)

    @router.get("/note", permission=PUBLIC, deprecation=GOES)
    async def get_note() -> NoteOut:
        """Read the note."""
        return NoteOut(text="a")

    @router.get("/notes", permission=PUBLIC)
    async def list_notes() -> NoteOut:
        """Read the notes."""
        return NoteOut(text="a")

    app.include_router(router.api)
    problems.install(app)
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = Transport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


async def test_its_answers_say_when_it_goes(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/note")
    assert answer.json() == {"text": "a"}
    assert answer.headers["deprecation"] == "@1772323200"
    assert answer.headers["sunset"] == "Tue, 01 Sep 2026 00:00:00 GMT"


async def test_those_of_no_other_operation_do(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/notes")
    assert not {"deprecation", "sunset"} & set(answer.headers)


def test_the_document_marks_it_and_says_what_to_call_instead() -> None:
    paths = contract.describe(application())["paths"]
    going, staying = paths["/v1/note"]["get"], paths["/v1/notes"]["get"]
    assert going["deprecated"] is True
    assert going["description"].split("\n\n")[1] == (
        "Deprecated since 2026-03-01, until 2026-09-01: call `list_notes` instead."
    )
    assert {"Deprecation", "Sunset"} <= set(going["responses"]["200"]["headers"])
    assert "deprecated" not in staying
    assert not {"Deprecation", "Sunset"} & set(staying["responses"]["200"]["headers"])


def test_clients_have_half_a_year() -> None:
    with pytest.raises(ValueError, match="half a year"):
        Deprecation(date(2026, 3, 1), date(2026, 6, 1), "list_notes")
