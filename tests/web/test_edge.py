"""What holds for every request: ids, headers, addresses, bodies, HEAD, Allow, CORS, compression."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import StrictInt

from app.kernel.clock import FixedClock
from app.kernel.schemas import Name, Request, Response
from app.main import create_app
from app.settings import Settings
from app.web.problem_shapes import Problem
from app.web.routing import Router
from app.web.terms import PUBLIC
from tests.bound import SECRET
from tests.contract.recorder import Listening

ORIGIN = "https://network.example.org"


class Note(Request):
    text: Name
    stars: StrictInt = 0


class NoteOut(Response):
    text: str
    stars: int


class LongOut(Response):
    text: str


def probe() -> Router:
    router = Router("Probe")

    @router.post("/scribbles", permission=PUBLIC, status=201)
    async def add_note(note: Note) -> NoteOut:
        """Say a note back."""
        return NoteOut.model_validate(note)

    @router.patch("/scribbles", permission=PUBLIC)
    async def edit_note(note: Note) -> NoteOut:
        """Say a note back."""
        return NoteOut.model_validate(note)

    @router.post("/shouts", permission=PUBLIC)
    async def shout() -> LongOut:
        """Take no body."""
        return LongOut(text="hey")

    @router.get("/scribbles", permission=PUBLIC)
    async def get_note() -> NoteOut:
        """Say the note."""
        return NoteOut(text="here", stars=5)

    @router.get("/long", permission=PUBLIC)
    async def get_long() -> LongOut:
        """Say much."""
        return LongOut(text="peer learning " * 100)

    @router.get("/broken", permission=PUBLIC)
    async def get_broken() -> NoteOut:
        """Break with a secret in the exception."""
        raise RuntimeError("hunter2hunter2")

    return router


def probe_of_papers() -> Router:
    router = Router("Papers")

    @router.get("/papers", permission=PUBLIC)
    async def get_paper() -> NoteOut:
        """Say the file."""
        return NoteOut(text="file", stars=0)

    @router.get("/papers/newest", permission=PUBLIC)
    async def get_newest_paper() -> NoteOut:
        """Say the newest file."""
        return NoteOut(text="newest", stars=0)

    @router.delete("/papers/{name}", permission=PUBLIC, status=204)
    async def delete_paper(name: str) -> None:
        """Delete a file."""

    @router.head("/papers", permission=PUBLIC, status=204)
    async def head_paper() -> None:
        """Answer HEAD itself."""

    return router


@pytest.fixture
async def edge(clock: FixedClock) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that has no database, and needs none here."""
    settings = Settings(secret_key=SECRET, cors_origins=(ORIGIN,))
    async with client_of(create_app(settings, clock=clock)) as client:
        yield client


def client_of(app: FastAPI) -> httpx.AsyncClient:
    app.router.routes += [*probe().api.routes, *probe_of_papers().api.routes]
    return httpx.AsyncClient(
        transport=Listening(app, raise_app_exceptions=False),
        base_url="http://testserver",
        headers={"Accept-Encoding": "identity"},
    )


def assert_problem(answer: httpx.Response, status: int, code: str, detail: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content)
    assert (problem.status, problem.code, problem.detail) == (status, code, detail)
    assert answer.status_code == status
    assert problem.type == f"/problems/{code}"
    assert problem.request_id == answer.headers["x-request-id"]


class TestRequestId:
    async def test_a_sane_one_is_kept_beside_ours(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.get("/v1/none", headers={"X-Request-Id": "front-end:42"})
        assert answer.headers["x-request-id"] == answer.json()["request_id"]
        assert len(answer.headers["x-request-id"]) == 36
        assert answer.headers["x-client-request-id"] == "front-end:42"

    @pytest.mark.parametrize("sent", ["a b", "x" * 129, 'say"this', "", "é"])
    async def test_another_is_left_out(self, edge: httpx.AsyncClient, sent: str) -> None:
        answer = await edge.get("/v1/none", headers={"X-Request-Id": sent.encode()})
        assert answer.headers["x-request-id"] == answer.json()["request_id"]
        assert len(answer.headers["x-request-id"]) == 36
        assert "x-client-request-id" not in answer.headers


async def test_every_answer_carries_the_security_headers(edge: httpx.AsyncClient) -> None:
    for path in ("/v1/scribbles", "/v1/none", "/v1/broken", "/healthz", "/docs", "/problems"):
        headers = (await edge.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "cache-control" in headers


class TestMethods:
    async def test_head_is_get_without_its_body(self, edge: httpx.AsyncClient) -> None:
        get, head = await edge.get("/v1/scribbles"), await edge.head("/v1/scribbles")
        own = {"x-request-id"}
        assert head.status_code == 200
        assert head.content == b""
        assert {n: v for n, v in head.headers.items() if n not in own} == {
            n: v for n, v in get.headers.items() if n not in own
        }

    async def test_head_answers_304_too(self, edge: httpx.AsyncClient) -> None:
        tag = (await edge.get("/v1/scribbles")).headers["etag"]
        head = await edge.head("/v1/scribbles", headers={"If-None-Match": tag})
        assert (head.status_code, head.content) == (304, b"")

    async def test_a_route_may_answer_head_itself(self, edge: httpx.AsyncClient) -> None:
        assert (await edge.head("/v1/papers")).status_code == 204

    @pytest.mark.parametrize(
        ("path", "allowed"),
        [
            ("/v1/scribbles", "GET, HEAD, PATCH, POST"),
            ("/v1/shouts", "POST"),
            ("/v1/papers", "GET, HEAD"),
            ("/v1/papers/018f0000", "DELETE"),
            ("/v1/papers/newest", "GET, HEAD"),
            ("/healthz", "GET, HEAD"),
        ],
    )
    async def test_405_lists_every_method(
        self, edge: httpx.AsyncClient, path: str, allowed: str
    ) -> None:
        for method in ("PUT", "OPTIONS", "TRACE", "PURGE"):
            answer = await edge.request(method, path)
            assert answer.headers["allow"] == allowed
            assert_problem(
                answer,
                405,
                "method_not_allowed",
                "This path does not take this method. The `Allow` header lists those it takes.",
            )

    async def test_head_of_what_takes_only_post_is_405(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.head("/v1/shouts")
        assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")


NOTHING_HERE = "There is nothing here, or nothing that you may see: the two are not told apart."


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        [
            "/v1/scribbles/",
            "//v1/scribbles",
            "/v1//scribbles",
            "/v1/scribbles%00",
            "/v1/%ff",
            "/v1/../healthz/",
            "/",
        ],
    )
    async def test_an_odd_path_is_not_found(self, edge: httpx.AsyncClient, path: str) -> None:
        answer = await edge.get(httpx.URL("http://testserver").copy_with(raw_path=path.encode()))
        assert_problem(answer, 404, "not_found", NOTHING_HERE)

    @pytest.mark.parametrize("query", [b"q=%ff", b"q=%00", b"%c3%28=1"])
    async def test_a_query_that_is_no_text(self, edge: httpx.AsyncClient, query: bytes) -> None:
        answer = await edge.get(
            httpx.URL("http://testserver").copy_with(raw_path=b"/v1/scribbles?" + query)
        )
        assert_problem(
            answer,
            400,
            "malformed_request",
            "The query is not UTF-8, or holds the NUL character.",
        )

    async def test_a_very_long_address(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.get("/v1/scribbles?q=" + "x" * 9000)
        assert_problem(answer, 400, "malformed_request", "The address is longer than 8,192 bytes.")


DEEP = b"[" * 65 + b"]" * 65

MALFORMED = {
    "NaN": (b'{"text": NaN}', "The body holds NaN or Infinity, which are not JSON."),
    "Infinity": (b'{"text": -Infinity}', "The body holds NaN or Infinity, which are not JSON."),
    "overflow": (b'{"stars": 1e999}', "The body holds a number too large to be read."),
    "digits": (b'{"stars": ' + b"9" * 5000 + b"}", "The body is not valid JSON."),
    "twice": (b'{"text": "a", "text": "b"}', "The body says a key twice in the same object."),
    "twice escaped": (
        b'{"text": "a", "\\u0074ext": "b"}',
        "The body says a key twice in the same object.",
    ),
    "surrogate": (
        rb'{"text": "\ud800"}',
        "The body holds half of a surrogate pair, which is no text.",
    ),
    "surrogate key": (
        rb'{"\udfff": 1}',
        "The body holds half of a surrogate pair, which is no text.",
    ),
    "latin-1": (b'{"text": "\xe9"}', "The body is not UTF-8."),
    "utf-16": ('{"text": "a"}'.encode("utf-16"), "The body is not UTF-8."),
    "byte order mark": (b'\xef\xbb\xbf{"text": "a"}', "The body is not valid JSON."),
    "deep": (DEEP, "The body is nested deeper than 64 levels."),
    "very deep": (b"[" * 9_000, "The body is nested deeper than 64 levels."),
    "cut": (b'{"text": "a', "The body is not valid JSON."),
    "two": (b'{"text": "a"} {"text": "b"}', "The body is not valid JSON."),
    "single quotes": (b"{'text': 'a'}", "The body is not valid JSON."),
}

JSON = {"Content-Type": "application/json"}


class TestBodies:
    @pytest.mark.parametrize("name", MALFORMED)
    async def test_unsound_json_is_refused(self, edge: httpx.AsyncClient, name: str) -> None:
        body, detail = MALFORMED[name]
        answer = await edge.post("/v1/scribbles", content=body, headers=JSON)
        assert_problem(answer, 400, "malformed_request", detail)

    async def test_json_may_nest_as_deep_as_is_said(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.post("/v1/scribbles", content=DEEP[1:-1], headers=JSON)
        assert answer.status_code == 422

    async def test_sound_json_is_read(self, edge: httpx.AsyncClient) -> None:
        body = '{"text": "\\ud83d\\ude80 Zoë\'s", "stars": 3}'.encode()
        for sent in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
            answer = await edge.post("/v1/scribbles", content=body, headers={"Content-Type": sent})
            assert (answer.status_code, answer.json()) == (201, {"text": "🚀 Zoë's", "stars": 3})

    @pytest.mark.parametrize(
        "sent", ["text/plain", "application/xml", "application/merge-patch+json", "json", ""]
    )
    async def test_another_media_type_is_refused(self, edge: httpx.AsyncClient, sent: str) -> None:
        headers = {"Content-Type": sent} if sent else {}
        answer = await edge.post("/v1/scribbles", content=b'{"text": "a"}', headers=headers)
        assert_problem(answer, 415, "unsupported_media_type", "Send the body as application/json.")

    async def test_a_patch_may_be_a_merge_patch(self, edge: httpx.AsyncClient) -> None:
        for sent in ("application/merge-patch+json", "application/json"):
            answer = await edge.patch(
                "/v1/scribbles", content=b'{"text": "a"}', headers={"Content-Type": sent}
            )
            assert (answer.status_code, answer.json()) == (200, {"text": "a", "stars": 0})

    async def test_a_body_of_no_bytes_is_a_question_of_shape(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.post("/v1/scribbles")
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"pointer": "/", "code": "missing", "detail": "This is needed."}
        ]

    @pytest.mark.parametrize("said", [True, False])
    async def test_a_large_body_is_refused(self, edge: httpx.AsyncClient, said: bool) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 10_000

        content = b" " * 200_000 if said else chunks()
        answer = await edge.post("/v1/scribbles", content=content, headers=JSON)
        assert_problem(answer, 413, "payload_too_large", "The body is larger than 65,536 bytes.")


EXPOSED = (
    "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, "
    "X-Client-Request-Id, "
    "Idempotency-Replayed, Content-Disposition, Upload-Offset, Upload-Length, Upload-Expires, "
    "Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, Tus-Checksum-Algorithm, "
    "Accept-Ranges, Content-Range, X-Total-Count, Deprecation, Sunset"
)


class TestBrowsers:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/v1/scribbles", 200),
            ("GET", "/v1/none", 404),
            ("DELETE", "/v1/scribbles", 405),
            ("POST", "/v1/scribbles", 422),
            ("GET", "/v1/broken", 500),
        ],
    )
    async def test_every_answer_can_be_read(
        self, edge: httpx.AsyncClient, method: str, path: str, status: int
    ) -> None:
        answer = await edge.request(method, path, headers={"Origin": ORIGIN})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["access-control-expose-headers"] == EXPOSED
        assert "Origin" in answer.headers["vary"]

    async def test_another_origin_is_not_let_in(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.get("/v1/scribbles", headers={"Origin": "https://evil.example.org"})
        assert "access-control-allow-origin" not in answer.headers

    async def test_preflight(self, edge: httpx.AsyncClient) -> None:
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "authorization,if-match,idempotency-key,content-type",
        }
        answer = await edge.options("/v1/scribbles", headers=asked)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        refused = await edge.options(
            "/v1/scribbles", headers=asked | {"Origin": "https://evil.test"}
        )
        assert_problem(
            refused,
            400,
            "preflight_refused",
            "A browser asked for an origin, method or header that `PLN_CORS_ORIGINS` does not "
            "allow.",
        )
        assert "access-control-allow-origin" not in refused.headers


async def test_a_fault_of_ours_says_nothing_of_itself(edge: httpx.AsyncClient) -> None:
    answer = await edge.get("/v1/broken")
    assert_problem(
        answer,
        500,
        "internal",
        "Something broke on our side. It is in our log under this request's id.",
    )
    assert "hunter2" not in answer.text


class TestCompression:
    @pytest.mark.parametrize("coding", ["zstd", "gzip"])
    async def test_a_long_body_is_compressed_under_the_same_etag(
        self, edge: httpx.AsyncClient, coding: str
    ) -> None:
        plain = await edge.get("/v1/long")
        packed = await edge.get("/v1/long", headers={"Accept-Encoding": coding})
        assert packed.headers["content-encoding"] == coding
        assert "Accept-Encoding" in packed.headers["vary"]
        assert packed.headers["etag"] == plain.headers["etag"]
        assert packed.json() == plain.json()
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
        again = await edge.get(
            "/v1/long", headers={"Accept-Encoding": coding, "If-None-Match": plain.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")

    async def test_a_short_body_is_not(self, edge: httpx.AsyncClient) -> None:
        answer = await edge.get("/v1/scribbles", headers={"Accept-Encoding": "zstd, gzip"})
        assert "content-encoding" not in answer.headers
