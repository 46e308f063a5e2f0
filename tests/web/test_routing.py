"""How an operation is declared, and what every answer carries because of it."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from fastapi import Response as PlainResponse
from fastapi.responses import StreamingResponse

from app.kernel.db import Database
from app.kernel.errors import Conflict
from app.kernel.schemas import Name, Request, Response
from app.main import ROUTES
from app.settings import Settings
from app.web import contract, document, problems
from app.web.document import each_operation
from app.web.parameters import Known
from app.web.preconditions import etag
from app.web.routing import Router
from app.web.terms import PUBLIC, SIGNED_IN, Operation
from tests.contract import kept
from tests.web.probe_api import client_of, probe_api


class NoteOut(Response):
    text: str


class EditNote(Request):
    text: Name


class NoteTaken(Conflict):
    """Somebody has taken this note."""


@pytest.fixture
async def client(
    database: Database, settings: Settings, probes: None
) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(probe_api(database, settings)) as client:
        yield client


async def make(client: httpx.AsyncClient, *names: str) -> list[dict[str, Any]]:
    return [(await client.post("/v1/probes", json={"name": name})).json() for name in names]


class TestDeclaring:
    """What a route must say of itself."""

    def test_an_operation_without_a_permission_does_not_register(self) -> None:
        router = Router("Notes")
        for method in ("get", "head", "post", "put", "patch", "delete", "options"):
            with pytest.raises(TypeError, match="permission"):
                getattr(router, method)("/notes")
        assert router.api.routes == []

    def test_an_operation_without_a_description_does_not_register(self) -> None:
        router = Router("Notes")

        with pytest.raises(AssertionError, match="get_note needs a docstring"):

            @router.get("/notes", permission=PUBLIC)
            async def get_note() -> NoteOut: ...

    def test_its_terms_are_kept_under_its_name(self) -> None:
        router, app = Router("Notes"), FastAPI(openapi_url=None)

        @router.post("/notes", permission="note.create", moves=("note: draft → open",), secret=True)
        async def create_note() -> NoteOut:
            """Make a note."""
            return NoteOut(text="a")

        @router.delete("/notes/{note_id}", permission=SIGNED_IN, if_match=True, key_required=True)
        async def delete_note(note_id: int) -> None:
            """Delete a note."""

        @router.post("/sign-in", permission=PUBLIC)
        async def sign_in() -> None:
            """Sign in."""

        app.include_router(router.api)

        assert document.operations(app) == {
            "create_note": Operation(
                "create_note", "note.create", moves=("note: draft → open",), secret=True
            ),
            "delete_note": Operation(
                "delete_note", SIGNED_IN, if_match=True, idempotent=True, key_required=True
            ),
            "sign_in": Operation("sign_in", PUBLIC),
        }

    def test_its_possible_refusals_are_documented(self) -> None:
        router, app = Router("Notes"), FastAPI(openapi_url="/openapi.json")

        @router.patch(
            "/notes/{note_id}",
            permission="note.edit",
            moves=("note: draft → open",),
            refuses=(NoteTaken,),
            if_match=True,
        )
        async def edit_note(note_id: int, body: EditNote) -> NoteOut:
            """Change a note."""
            return NoteOut(text=body.text)

        @router.get("/notes", permission=PUBLIC)
        async def get_note() -> NoteOut:
            """Read the note."""
            return NoteOut(text="a")

        app.include_router(router.api)
        paths = contract.describe(app)["paths"]

        answers = paths["/v1/notes/{note_id}"]["patch"]["responses"]
        statuses = "200 400 401 403 404 409 412 413 415 422 428 429 500 503"
        assert sorted(answers) == statuses.split()
        assert answers["409"] == {"$ref": "#/components/responses/Conflict"}
        assert paths["/v1/notes/{note_id}"]["patch"]["x-problem-codes"] == [
            "guards_unmet",
            "idempotency_in_progress",
            "idempotency_mismatch",
            "invalid_transition",
            "note_not_found",
            "note_taken",
        ]
        assert sorted(paths["/v1/notes"]["get"]["responses"]) == "200 304 400 422 500 503".split()

    def test_its_description_says_permission_and_moves(self) -> None:
        router, app = Router("Notes"), FastAPI(openapi_url="/openapi.json")

        @router.post("/notes", permission="note.open", moves=("a → b", "b → c"))
        async def open_note() -> NoteOut:
            """Open a note.

            It stays open.
            """
            return NoteOut(text="a")

        app.include_router(router.api)
        operation = contract.describe(app)["paths"]["/v1/notes"]["post"]

        assert operation["operationId"] == "open_note"
        assert operation["summary"] == "Open note"
        assert operation["description"].split("\n\n") == [
            "Open a note.",
            "It stays open.",
            "Permission: `note.open`.",
            "Move: a → b.",
            "Move: b → c.",
        ]


NAMED_ALIKE = "name, include_total, updated_since, limit, created_from, created_until, cursor"
OF_EVERY_LIST = "created_from, created_until, include_total, updated_since, cursor, limit, name"
"""What a probe's list takes, by how alike it is to what was mistyped."""


async def test_an_unknown_parameter_is_refused_wherever_it_is(client: httpx.AsyncClient) -> None:
    (made,) = await make(client, "One")

    for path in ("/v1/probes?nmae=One", f"/v1/probes/{made['id']}?expand=all"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    assert (await client.post("/v1/probes?dry_run=1", json={"name": "a"})).status_code == 422

    answer = await client.get("/v1/probes?nmae=One&limit=1&__proto__=1")
    assert answer.json()["errors"] == [
        {
            "pointer": f"#/query/{name}",
            "code": "unknown_parameter",
            "detail": f"Not a parameter here. Known: {most_like_it}.",
        }
        for name, most_like_it in (
            ("nmae", NAMED_ALIKE),
            ("__proto__", OF_EVERY_LIST),
        )
    ]


async def test_no_more_is_looked_for_than_is_told(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What each of two thousand names may have meant took the third of a second."""
    sought: list[str] = []
    most_like = Known._most_like

    def seek(known: Known, name: str) -> str:
        sought.append(name)
        return most_like(known, name)

    monkeypatch.setattr(Known, "_most_like", seek)
    answer = await client.get("/v1/probes?" + "&".join(f"{number:x}" for number in range(1_900)))
    assert (answer.status_code, len(answer.json()["errors"]), len(sought)) == (422, 20, 20)


async def test_a_parameter_of_one_value_is_said_once(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/probes?name=One&limit=1&name=Two")
    assert answer.json()["errors"] == [
        {
            "pointer": "#/query/name",
            "code": "repeated_parameter",
            "detail": "Say it once: it takes one value.",
        }
    ]


def test_what_takes_several_values_is_what_the_document_says() -> None:
    document = kept.document()
    shared = document["components"]["parameters"]
    told = {
        operation["operationId"]: {
            one["name"]
            for named in operation.get("parameters", [])
            for one in [shared[named["$ref"].rpartition("/")[2]] if "$ref" in named else named]
            if one["in"] == "query" and '"array"' in json.dumps(one["schema"])
        }
        for _, _, operation in each_operation(document)
    }
    assert {route.name: Known.of(route).several for route in ROUTES} == {
        route.name: told[route.name] for route in ROUTES
    }
    assert {"kind", "cohort_id", "grant_reference"} <= told["list_my_work"]


async def test_what_was_made_says_where_it_is(client: httpx.AsyncClient) -> None:
    made = await client.post("/v1/probes", json={"name": "One"})

    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/probes/{made.json()['id']}"
    read = await client.get(made.headers["location"])
    assert (read.json(), read.headers["etag"]) == (made.json(), made.headers["etag"])


async def test_a_page_says_where_the_next_one_is(client: httpx.AsyncClient) -> None:
    await make(client, "a b&c", "a b&c", "other", "a b&c")

    seen, cursor = [], None
    address = "/v1/probes?limit=2&name=a%20b%26c&include_total=true"
    while address:
        page = await client.get(address)
        seen += [item["name"] for item in page.json()["items"]]
        assert page.json()["total_count"] == 3
        link = page.headers.get("link", "")
        address = link.removeprefix("<").partition(">")[0]
        cursor = page.json()["next_cursor"]
        if link:
            assert link == f'<{address}>; rel="next"'
            assert parse_qs(urlsplit(address).query) == {
                "limit": ["2"],
                "name": ["a b&c"],
                "include_total": ["true"],
                "cursor": [cursor],
            }

    assert seen == ["a b&c"] * 3
    assert cursor is None


async def test_a_list_has_an_etag_of_its_content(client: httpx.AsyncClient) -> None:
    await make(client, "a")
    first = await client.get("/v1/probes")
    held = {"If-None-Match": first.headers["etag"]}

    assert (await client.get("/v1/probes", headers=held)).status_code == 304
    await make(client, "b")
    assert len((await client.get("/v1/probes", headers=held)).json()["items"]) == 2


async def test_no_shared_cache_keeps_an_answer(client: httpx.AsyncClient) -> None:
    (made,) = await make(client, "One")

    read = await client.get(f"/v1/probes/{made['id']}")
    told = await client.post(f"/v1/probes/{made['id']}/reveal")

    assert (read.headers["cache-control"], read.headers["vary"]) == (
        "private, no-cache",
        "Authorization",
    )
    assert told.headers["cache-control"] == "no-store"
    assert "etag" not in told.headers


async def test_a_refusal_carries_no_etag_and_is_not_kept(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/probes/0195a3f0-7c1e-7000-8000-5f0e4a7d2b91")

    assert (answer.status_code, answer.json()["code"]) == (404, "probe_not_found")
    assert answer.headers["cache-control"] == "no-store"
    assert not {"etag", "link", "location"} & set(answer.headers)


async def test_a_route_says_how_it_is_kept_and_its_body_says_the_tag(
    database: Database, settings: Settings
) -> None:
    router, app = Router("Probe"), FastAPI(openapi_url=None)

    @router.get("/stream", permission=PUBLIC)
    async def get_stream() -> StreamingResponse:
        """Send without end."""
        return StreamingResponse(iter([b"a", b"b"]), media_type="text/csv")

    @router.get("/kept", permission=PUBLIC)
    async def get_kept() -> PlainResponse:
        """Be kept."""
        return PlainResponse(b"a", headers={"Cache-Control": "public", "ETag": '"mine"'})

    app.state.database, app.state.settings = database, settings
    app.include_router(router.api)
    problems.install(app)
    async with client_of(app) as client:
        stream = await client.get("/v1/stream")
        kept = await client.get("/v1/kept")
        others = await client.get("/v1/kept", headers={"If-None-Match": '"mine"'})

    assert (stream.content, stream.headers["cache-control"]) == (b"ab", "private, no-cache")
    assert "etag" not in stream.headers
    assert (kept.headers["cache-control"], kept.headers["etag"]) == ("public", etag(None, b"a"))
    assert (others.status_code, others.content) == (200, b"a")
