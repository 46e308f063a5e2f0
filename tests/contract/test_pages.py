"""The document and its page, the registry of problems: served by the service alone."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.kernel.errors import PROBLEMS
from app.main import create_app
from app.settings import Settings
from app.web import contract
from app.web.document_pages import FILES
from tests.bound import SECRET
from tests.contract.recorder import Listening

APP = create_app(Settings(secret_key=SECRET))


@pytest.fixture
async def pages() -> AsyncIterator[httpx.AsyncClient]:
    transport = Listening(APP)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


class TestDocument:
    async def test_it_is_the_committed_one(self, pages: httpx.AsyncClient) -> None:
        for taken, encoding in (
            ("gzip, zstd", "gzip"),
            ("identity", None),
            ("gzip;q=0", None),
        ):
            answer = await pages.get("/openapi.json", headers={"Accept-Encoding": taken})
            assert answer.content == contract.FILE.read_bytes()
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers.get("content-encoding") == encoding
            assert "Accept-Encoding" in answer.headers["vary"]

    async def test_it_is_compressed_once(
        self, pages: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = await pages.get("/openapi.json")
        monkeypatch.setattr("gzip.compress", None)
        again = await pages.get("/openapi.json")
        assert again.headers["etag"] == first.headers["etag"]
        assert int(first.headers["content-length"]) < 300_000

    async def test_who_has_it_is_told_so(self, pages: httpx.AsyncClient) -> None:
        tag = (await pages.get("/openapi.json")).headers["etag"]
        for held in (tag, f"W/{tag}", f'"x", {tag}'):
            answer = await pages.get("/openapi.json", headers={"If-None-Match": held})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag


class TestPage:
    @pytest.mark.parametrize("root", ["", "/api"])
    async def test_it_asks_nobody_else(self, root: str) -> None:
        transport = Listening(APP, root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            page = await client.get(f"{root}/docs")
            assert "//" not in page.text
            asked = re.findall(r"(?:src|href|data-document)='([^']+)'", page.text)
            assert len(asked) == 5
            for path in asked:
                assert path.startswith(f"{root}/")
                assert (await client.get(path)).status_code == 200

    async def test_it_may_ask_nobody_else(self, pages: httpx.AsyncClient) -> None:
        policy = (await pages.get("/docs")).headers["content-security-policy"]
        assert "http" not in policy
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy

    async def test_it_opens_collapsed_with_a_box_to_filter(self, pages: httpx.AsyncClient) -> None:
        start = (await pages.get("/docs/start.js")).text
        assert 'docExpansion: "none"' in start
        assert "filter: true" in start

    def test_the_files_are_those_of_a_page_for_openapi_31(self) -> None:
        script = (FILES / "swagger-ui-bundle.js").read_text()
        assert "OpenAPI31" in script or "openapi-3-1" in script


def entry(code: str) -> dict[str, Any]:
    refusal = PROBLEMS[code]
    return {
        "type": f"/problems/{code}",
        "code": code,
        "title": refusal.title,
        "status": refusal.status,
        "explanation": refusal.explanation(),
    }


async def _faults(pages: httpx.AsyncClient, code: str) -> list[str]:
    """What is wrong with how a problem is explained, to programs and to people."""
    told = (await pages.get(f"/problems/{code}")).json()
    page = await pages.get(f"/problems/{code}", headers={"Accept": "text/html"})
    media, varies = page.headers["content-type"], page.headers.get("vary", "")
    wanted = entry(code)
    faults = {
        f"is told as {told}": told != wanted,
        f"has a page of {media}": media != "text/html; charset=utf-8",
        f"varies by {varies!r}": "Accept" not in varies.split(", "),
        "is not on its page": f"<code>{code}</code>" not in page.text,
        "is an odd name": not re.fullmatch(r"[a-z][a-z0-9_]{2,50}", code),
        f"is explained by {wanted['explanation']!r}": not re.fullmatch(
            r".{20,}[.?]", wanted["explanation"], re.DOTALL
        ),
    }
    return [f"{code} {fault}" for fault, found in faults.items() if found]


class TestProblems:
    async def test_the_registry_lists_every_refusal(self, pages: httpx.AsyncClient) -> None:
        items = (await pages.get("/problems")).json()["items"]
        assert {item["code"]: item for item in items} == {code: entry(code) for code in PROBLEMS}
        assert [item["status"] for item in items] == sorted(item["status"] for item in items)

    async def test_each_has_a_page(self, pages: httpx.AsyncClient) -> None:
        own = [code for code, one in PROBLEMS.items() if one.__module__.startswith("app.")]
        faults = [fault for code in sorted(own) for fault in await _faults(pages, code)]
        assert faults == []

    async def test_a_page_that_is_not_is_seen(self) -> None:
        """Planted: a server that says `{}` wherever it is asked."""
        transport = httpx.MockTransport(lambda _: httpx.Response(200, json={}))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            assert await _faults(client, "not_found") == [
                "not_found is told as {}",
                "not_found has a page of application/json",
                "not_found varies by ''",
                "not_found is not on its page",
            ]

    async def test_no_other_code_has_one(self, pages: httpx.AsyncClient) -> None:
        answer = await pages.get("/problems/<script>")
        assert answer.status_code == 404
        assert answer.json()["detail"] == "No problem of this service has that code."
