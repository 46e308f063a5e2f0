"""Downloads: whole, in part, only what changed, and only to those who may read them."""

from uuid import UUID

import pytest
from httpx import AsyncClient

from app.background.storage import CHUNK_BYTES, storage
from app.kernel.db import Database, new_id
from app.people.identity.roles import Role
from tests.people.files.uploading import PDF, Uploader
from tests.people.identity.people import People

CONTENT = b"%PDF-" + bytes(range(256)) * 4500
SIZE = len(CONTENT)


@pytest.fixture
async def file_id(adas: Uploader) -> UUID:
    """A file of several chunks that Ada has uploaded."""
    return await adas.upload(CONTENT)


async def test_the_whole_file_is_sent_to_be_saved(adas: Uploader, file_id: UUID) -> None:
    response = await adas.get(f"/v1/files/{file_id}/content", **{"Accept-Encoding": "gzip, zstd"})
    described = (await adas.get(f"/v1/files/{file_id}")).json()
    assert response.status_code == 200
    assert response.content == CONTENT
    wanted = {
        "content-type": "application/octet-stream",
        "content-length": str(SIZE),
        "accept-ranges": "bytes",
        "etag": f'"{described["sha256"]}"',
        "content-disposition": 'attachment; filename="evidence.pdf"; '
        "filename*=UTF-8''evidence.pdf",
        "content-security-policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-cache",
    }
    assert {name: response.headers[name] for name in wanted} == wanted
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        (f"bytes={CHUNK_BYTES - 10}-{CHUNK_BYTES + 9}", CHUNK_BYTES - 10, CHUNK_BYTES + 10),
        (f"bytes={CHUNK_BYTES}-", CHUNK_BYTES, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        (f"bytes=-{SIZE + 100}", 0, SIZE),
        (f"bytes=5-{SIZE + 100}", 5, SIZE),
        ("BYTES=0-9", 0, 10),
    ],
)
async def test_a_part_is_sent_when_asked_for(
    adas: Uploader, file_id: UUID, asked: str, start: int, stop: int
) -> None:
    response = await adas.get(f"/v1/files/{file_id}/content", Range=asked)
    assert response.status_code == 206
    assert response.content == CONTENT[start:stop]
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("asked", ["bytes=0-9,20-29", "lines=0-9", "bytes=9-0", "bytes=-", "x"])
async def test_the_whole_is_sent_for_what_is_not_one_range(
    adas: Uploader, file_id: UUID, asked: str
) -> None:
    response = await adas.get(f"/v1/files/{file_id}/content", Range=asked)
    assert (response.status_code, len(response.content)) == (200, SIZE)
    assert "Content-Range" not in response.headers


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
async def test_a_range_outside_the_file_is_refused(
    adas: Uploader, file_id: UUID, asked: str
) -> None:
    response = await adas.get(f"/v1/files/{file_id}/content", Range=asked)
    assert response.status_code == 416
    assert response.json()["code"] == "range_not_satisfiable"
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


async def test_the_rest_of_another_file_is_not_sent(adas: Uploader, file_id: UUID) -> None:
    url = f"/v1/files/{file_id}/content"
    tag = (await adas.get(url)).headers["ETag"]
    same = await adas.get(url, Range="bytes=10-19", **{"If-Range": tag})
    assert (same.status_code, same.content) == (206, CONTENT[10:20])
    for other in ('"another"', f"W/{tag}", "Mon, 02 Mar 2026 09:00:00 GMT"):
        whole = await adas.get(url, Range="bytes=10-19", **{"If-Range": other})
        assert (whole.status_code, len(whole.content)) == (200, SIZE)


async def test_a_file_that_is_held_is_not_sent_again(adas: Uploader, file_id: UUID) -> None:
    url = f"/v1/files/{file_id}/content"
    tag = (await adas.get(url)).headers["ETag"]
    for held in (tag, f'"x", W/{tag}', "*"):
        response = await adas.get(url, **{"If-None-Match": held})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag


async def test_head_says_what_get_would(adas: Uploader, file_id: UUID) -> None:
    url = f"/v1/files/{file_id}/content"
    headers = {**adas.person.headers, "Range": "bytes=0-9"}
    response = await adas.client.head(url, headers=headers)
    assert (response.status_code, response.content) == (206, b"")
    assert response.headers["Content-Length"] == "10"


async def test_a_name_in_any_script_is_saved_under_it(adas: Uploader) -> None:
    file_id = await adas.upload(PDF, name='Zoë\'s "Bericht"; ünï %41.pdf')
    response = await adas.get(f"/v1/files/{file_id}/content")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Zo__s _Bericht__ _n_ _41.pdf"; '
        "filename*=UTF-8''Zo%C3%AB%27s%20%22Bericht%22%3B%20%C3%BCn%C3%AF%20%2541.pdf"
    )


async def test_a_file_that_is_attached_to_nothing_is_read_by_its_uploader(
    client: AsyncClient, people: People, adas: Uploader, file_id: UUID
) -> None:
    others = (await people.person("Ann", Role.ADMINISTRATOR), await people.person("Nobody"))
    for path in (f"/v1/files/{file_id}", f"/v1/files/{file_id}/content"):
        assert (await adas.get(path)).status_code == 200
        for other in others:
            assert (await client.get(path, headers=other.headers)).status_code == 404


async def test_an_invisible_file_looks_like_none(
    client: AsyncClient, people: People, file_id: UUID
) -> None:
    bob = await people.person("Bob Stranger")
    answers = []
    for wanted in (file_id, new_id()):
        for path in (f"/v1/files/{wanted}", f"/v1/files/{wanted}/content"):
            response = await client.get(path, headers=bob.headers)
            body = response.json()
            del body["request_id"], body["instance"]
            answers.append((response.status_code, body))
    assert answers == [answers[0]] * 4
    assert answers[0][1]["code"] == "file_not_found"


async def test_nobody_reads_without_signing_in(client: AsyncClient, file_id: UUID) -> None:
    for path in ("", "/content"):
        response = await client.get(f"/v1/files/{file_id}{path}")
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


async def test_a_slow_download_holds_no_connection(settled: Database) -> None:
    content_id = new_id()
    async with settled.transaction() as db:
        for start in range(0, 10 * CHUNK_BYTES, CHUNK_BYTES):
            await storage.append(db, content_id, start, bytes(CHUNK_BYTES))
    pool = settled.engine.pool
    async for _ in storage.read(settled.read, content_id, 0, 10 * CHUNK_BYTES):
        assert pool.status().endswith("Current Checked out connections: 0")
