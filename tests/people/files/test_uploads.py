"""Resumable uploads: what is refused, what a broken connection leaves, what a file becomes."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.storage import CHUNK_BYTES, Chunk, storage
from app.kernel.activity import Activity
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.files.expiry.service import UNFINISHED_FOR, expire_uploads
from app.people.files.media_types import ALLOWED
from app.people.files.models import Upload
from app.people.files.service import CHECKED_BYTES, UNFINISHED_AT_ONCE
from app.people.identity.scopes import NETWORK_ID
from app.settings import Settings
from tests.people.files.uploading import (
    BYTES,
    PDF,
    TUS,
    Uploader,
    announcing,
    in_base64,
    in_pieces,
    metadata,
    renewed,
)
from tests.people.identity.people import People, Person

SHA256 = hashlib.sha256(PDF).hexdigest()
EXPIRES = "Wed, 04 Mar 2026 09:00:00 GMT"
PROGRESS = ("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires", "Cache-Control")


def told(upload_id: UUID, received: int, file_id: UUID | None = None) -> dict[str, Any]:
    return {
        "id": str(upload_id),
        "name": "evidence.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "sha256": SHA256,
        "received": received,
        "file_id": None if file_id is None else str(file_id),
        "created_at": "2026-03-02T09:00:00.000000Z",
        "expires_at": "2026-03-04T09:00:00.000000Z",
    }


def headers_of(response: Response) -> dict[str, str]:
    return {name: response.headers[name] for name in PROGRESS}


def progress(received: int) -> dict[str, str]:
    return {
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": str(received),
        "Upload-Length": str(len(PDF)),
        "Upload-Expires": EXPIRES,
        "Cache-Control": "no-store",
    }


def refused(response: Response, status: int, code: str) -> dict[str, Any]:
    """What a problem says besides its kind."""
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code), body
    common = {"type", "title", "status", "detail", "instance", "code", "request_id", "errors"}
    return {name: value for name, value in body.items() if name not in common}


async def count(db: AsyncSession, model: type) -> int:
    await db.commit()
    return await db.scalar(select(func.count()).select_from(model)) or 0


async def test_discovery_tells_what_is_spoken(client: AsyncClient) -> None:
    response = await client.options("/v1/uploads")
    assert response.status_code == 204
    assert {n: v for n, v in response.headers.items() if n.startswith("tus-")} == {
        "tus-resumable": "1.0.0",
        "tus-version": "1.0.0",
        "tus-extension": "creation,termination,checksum,expiration",
        "tus-max-size": "104857600",
        "tus-checksum-algorithm": "sha256,sha1",
    }


async def test_an_announced_file_is_told_back(adas: Uploader) -> None:
    response = await adas.create(announcing(PDF))
    upload_id = UUID(response.json()["id"])
    assert response.status_code == 201
    assert response.json() == told(upload_id, 0)
    assert response.headers["Location"] == f"/v1/uploads/{upload_id}"
    assert headers_of(response) == progress(0)


async def test_a_file_sent_in_parts_becomes_a_file(adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    first = await adas.send(upload_id, PDF[:100])
    assert (first.status_code, first.content) == (204, b"")
    assert headers_of(first) == progress(100)
    asked = await adas.ask(upload_id)
    assert (asked.status_code, asked.content) == (200, b"")
    assert headers_of(asked) == progress(100)
    assert (await adas.get(f"/v1/files/{upload_id}")).status_code == 404
    last = await adas.send(upload_id, PDF[100:], offset=100)
    assert (last.status_code, headers_of(last)) == (204, progress(len(PDF)))
    shown = await adas.ask(upload_id, "GET")
    assert shown.json() == told(upload_id, len(PDF), file_id=upload_id)
    file = await adas.get(f"/v1/files/{upload_id}")
    assert file.json() == {
        "id": str(upload_id),
        "version": 1,
        "name": "evidence.pdf",
        "media_type": "application/pdf",
        "size": len(PDF),
        "sha256": SHA256,
        "uploader": {
            "id": str(adas.person.account_id),
            "reference": None,
            "name": "Ada Lovelace",
        },
        "subject": None,
        "attached_at": None,
        "created_at": "2026-03-02T09:00:00.000000Z",
    }
    assert (await adas.get(f"/v1/files/{upload_id}/content")).content == PDF


async def test_sending_nothing_more_to_a_whole_file_says_so(adas: Uploader) -> None:
    """What a client does whose last answer was lost."""
    upload_id = await adas.upload(PDF)
    again = await adas.send(upload_id, b"", offset=len(PDF))
    assert (again.status_code, headers_of(again)) == (204, progress(len(PDF)))
    more = await adas.send(upload_id, b"x", offset=len(PDF))
    assert refused(more, 413, "file_too_large") == {"limit": len(PDF)}


@pytest.mark.parametrize("method", ["POST", "HEAD", "GET", "PATCH", "DELETE"])
async def test_another_version_is_refused(adas: Uploader, method: str) -> None:
    upload_id = await adas.begin(PDF)
    url = "/v1/uploads" if method == "POST" else f"/v1/uploads/{upload_id}"
    headers = {**adas.person.headers, **announcing(PDF), **BYTES, "Upload-Offset": "0"}
    other = headers | {"Tus-Resumable": "0.2.2"}
    response = await adas.client.request(method, url, headers=other)
    assert (response.status_code, response.headers["Tus-Version"]) == (412, "1.0.0")
    del headers["Tus-Resumable"]
    response = await adas.client.request(method, url, headers=headers)
    assert response.status_code == 422


async def test_nobody_uploads_without_signing_in(client: AsyncClient, adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    url = f"/v1/uploads/{upload_id}"
    sent = {**TUS, **BYTES, "Upload-Offset": "0"}
    refused(await client.post("/v1/uploads", headers=announcing(PDF)), 401, "unauthenticated")
    refused(await client.get(url, headers=TUS), 401, "unauthenticated")
    refused(await client.patch(url, headers=sent, content=PDF), 401, "unauthenticated")
    refused(await client.delete(url, headers=TUS), 401, "unauthenticated")
    assert headers_of(await adas.ask(upload_id)) == progress(0)


async def test_an_upload_is_its_uploaders_alone(
    client: AsyncClient, adas: Uploader, people: People
) -> None:
    upload_id = await adas.begin(PDF)
    bobs = Uploader(client, await people.person("Bob Stranger"))
    for response in (
        await bobs.ask(upload_id, "GET"),
        await bobs.send(upload_id, PDF),
        await bobs.ask(upload_id, "DELETE"),
    ):
        refused(response, 404, "upload_not_found")
    assert headers_of(await adas.ask(upload_id)) == progress(0)


async def test_a_file_that_is_too_large_is_refused(adas: Uploader) -> None:
    response = await adas.create(announcing(PDF) | {"Upload-Length": str(100 * 2**20 + 1)})
    assert refused(response, 413, "file_too_large") == {"limit": 100 * 2**20}


GOOD = {"filename": "a.pdf", "type": "application/pdf", "sha256": SHA256}


@pytest.mark.parametrize(
    ("headers", "pointer"),
    [
        ({"Upload-Length": "0"}, "#/header/Upload-Length"),
        ({"Upload-Length": "-1"}, "#/header/Upload-Length"),
        ({"Upload-Length": "many"}, "#/header/Upload-Length"),
        ({"Upload-Length": "1" * 30}, "#/header/Upload-Length"),
        ({"Upload-Metadata": "filename !!"}, "#/header/Upload-Metadata"),
        ({"Upload-Metadata": ""}, "#/header/Upload-Metadata"),
        ({"Upload-Metadata": "a,a"}, "#/header/Upload-Metadata"),
        ({"Upload-Metadata": "filename /w=="}, "#/header/Upload-Metadata"),
        ({"Upload-Metadata": f"filename {'A' * 5000}"}, "#/header/Upload-Metadata"),
        ({"Upload-Checksum": "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="}, "#/header/Upload-Checksum"),
        (metadata(**GOOD | {"type": "x" * 256}), "#/header/Upload-Metadata/type"),
        (metadata(filename="a", filetype="x" * 256), "#/header/Upload-Metadata/filetype"),
        (metadata(name="a/b"), "#/header/Upload-Metadata/name"),
        (metadata(type="application/pdf"), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"sha256": "f" * 63}), "#/header/Upload-Metadata/sha256"),
        (metadata(**GOOD | {"sha256": SHA256.upper()}), "#/header/Upload-Metadata/sha256"),
        (metadata(**GOOD | {"filename": "../etc/passwd"}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": "a\\b"}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": "a\r\nb"}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": "a\0b"}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": "a\u202efdp.exe"}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": ""}), "#/header/Upload-Metadata/filename"),
        (metadata(**GOOD | {"filename": "x" * 256}), "#/header/Upload-Metadata/filename"),
    ],
)
async def test_headers_that_announce_nothing_sound_are_refused(
    adas: Uploader, db: AsyncSession, headers: dict[str, str], pointer: str
) -> None:
    before = await count(db, Upload)
    response = await adas.create(announcing(PDF) | headers)
    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == [pointer]
    assert await count(db, Upload) == before


async def test_a_stock_client_says_a_name_and_sends(adas: Uploader) -> None:
    """What Uppy and tus-js-client send: both spellings, keys of their own, no checksum."""
    content = b"reference,amount\nMS01-G04,5\n"
    said = metadata(
        relativePath="null",
        name="blob",
        type="",
        filename="table.csv",
        filetype="application/vnd.ms-excel",
    )
    length = {"Upload-Length": str(len(content))}
    made = await adas.create(TUS | length | said)
    assert made.status_code == 201
    begun = made.json()
    assert (begun["name"], begun["media_type"], begun["sha256"]) == (
        "table.csv",
        "application/vnd.ms-excel",
        None,
    )
    assert (await adas.send(UUID(begun["id"]), content)).status_code == 204
    whole = (await adas.ask(UUID(begun["id"]), "GET")).json()
    digest = hashlib.sha256(content).hexdigest()
    assert (whole["media_type"], whole["sha256"]) == ("text/csv", digest)
    file = (await adas.get(f"/v1/files/{begun['id']}")).json()
    assert (file["media_type"], file["sha256"]) == ("text/csv", digest)


async def test_the_checksum_of_the_whole_may_be_a_header(adas: Uploader) -> None:
    said = in_base64(hashlib.sha256(PDF).digest())
    headers = {**TUS, "Upload-Length": str(len(PDF)), **metadata(filename="a.pdf")}
    made = (await adas.create({**headers, "Upload-Checksum": f"sha256 {said}"})).json()
    assert made["sha256"] == SHA256
    answer = await adas.send(UUID(made["id"]), PDF[:-1] + b"x")
    refused(answer, 422, "file_corrupted")


async def test_what_was_uploaded_is_on_record(adas: Uploader, db: AsyncSession) -> None:
    upload_id = await adas.upload(PDF)
    row = (await db.scalars(select(Activity).where(Activity.subject_id == upload_id))).one()
    assert (row.verb, row.noun, row.scope_id) == ("file.uploaded", "file", NETWORK_ID)
    assert (row.account_id, row.detail) == (adas.person.account_id, {"size": len(PDF)})


async def test_only_so_many_uploads_stand_open(adas: Uploader) -> None:
    for _ in range(UNFINISHED_AT_ONCE):
        upload_id = await adas.begin(PDF)
    response = await adas.create(announcing(PDF))
    assert refused(response, 409, "too_many_uploads") == {"limit": UNFINISHED_AT_ONCE}
    await adas.send(upload_id, PDF)
    assert (await adas.create(announcing(PDF))).status_code == 201


async def test_bytes_that_do_not_follow_are_refused(adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    await adas.send(upload_id, PDF[:100])
    for offset in (0, 99, 101, len(PDF), 2**53 - 1):
        response = await adas.send(upload_id, PDF[offset : offset + 10], offset=offset)
        refused(response, 409, "upload_offset_mismatch")
        assert response.headers["Upload-Offset"] == "100"
    assert headers_of(await adas.ask(upload_id)) == progress(100)


async def test_a_body_of_another_type_is_refused(adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    response = await adas.send(upload_id, PDF, **{"Content-Type": "application/pdf"})
    refused(response, 415, "unsupported_media_type")


async def test_more_than_was_announced_is_refused(adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    announced = await adas.send(upload_id, PDF + b"x")
    assert refused(announced, 413, "file_too_large") == {"limit": len(PDF)}
    unannounced = await adas.send(upload_id, in_pieces(PDF + b"x", 64))
    assert refused(unannounced, 413, "file_too_large") == {"limit": len(PDF)}
    assert headers_of(await adas.ask(upload_id)) == progress(0)


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
async def test_bytes_are_kept_when_their_checksum_is_right(adas: Uploader, algorithm: str) -> None:
    upload_id = await adas.begin(PDF)
    digest = in_base64(hashlib.new(algorithm, PDF[:200]).digest())
    right = await adas.send(upload_id, PDF[:200], **{"Upload-Checksum": f"{algorithm} {digest}"})
    assert (right.status_code, headers_of(right)) == (204, progress(200))
    wrong = await adas.send(
        upload_id, PDF[200:], offset=200, **{"Upload-Checksum": f"{algorithm} {digest}"}
    )
    refused(wrong, 422, "checksum_mismatch")
    assert headers_of(await adas.ask(upload_id)) == progress(200)


@pytest.mark.parametrize(
    "checksum", ["md5 AAAA", "sha256", "sha256 AAAA", "sha256 !", "", "x" * 300]
)
async def test_a_checksum_that_says_nothing_is_refused(adas: Uploader, checksum: str) -> None:
    upload_id = await adas.begin(PDF)
    response = await adas.send(upload_id, PDF, **{"Upload-Checksum": checksum})
    assert response.status_code == 422
    assert [fault["pointer"] for fault in response.json()["errors"]] == ["#/header/Upload-Checksum"]


async def test_what_is_held_back_for_a_checksum_is_bounded(adas: Uploader) -> None:
    content = b"%PDF-" + bytes(CHECKED_BYTES)
    upload_id = await adas.begin(content)
    digest = in_base64(hashlib.sha256(content).digest())
    response = await adas.send(
        upload_id, in_pieces(content, 2**20), **{"Upload-Checksum": f"sha256 {digest}"}
    )
    assert refused(response, 413, "file_too_large") == {"limit": CHECKED_BYTES}
    assert (await adas.ask(upload_id)).headers["Upload-Offset"] == "0"


async def test_a_file_that_is_not_the_one_announced_is_sent_anew(
    adas: Uploader, db: AsyncSession
) -> None:
    upload_id = await adas.begin(PDF)
    await adas.send(upload_id, PDF[:100])
    refused(await adas.send(upload_id, PDF[100:-1] + b"x", offset=100), 422, "file_corrupted")
    assert headers_of(await adas.ask(upload_id)) == progress(0)
    assert await count(db, Chunk) == 0
    assert (await adas.send(upload_id, PDF)).status_code == 204
    assert (await adas.get(f"/v1/files/{upload_id}/content")).content == PDF


async def test_a_disguised_file_is_refused(adas: Uploader, db: AsyncSession) -> None:
    program = b"MZ\x90\x00" + bytes(2000)
    upload_id = await adas.begin(program)
    answer = await adas.send(upload_id, program)
    assert refused(answer, 415, "media_type_not_allowed") == {"allowed": sorted(ALLOWED)}
    assert (await adas.ask(upload_id)).headers["Upload-Offset"] == "0"
    assert await count(db, Chunk) == 0


class Broken:
    """The server's side of a connection that breaks after some of a body has arrived."""

    def __init__(self, app: FastAPI, *, may_read: bool = True) -> None:
        self._app = app
        self._may_read = may_read
        self.status = 0

    async def patch(
        self, upload_id: UUID, pieces: Sequence[bytes], headers: dict[str, str]
    ) -> None:
        messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": piece, "more_body": True} for piece in pieces
        ]
        messages.append({"type": "http.disconnect"})

        async def receive() -> dict[str, Any]:
            assert self._may_read, "a byte was read before the actor was proved"
            return messages.pop(0)

        async def send(message: dict[str, Any]) -> None:
            self.status = message.get("status", self.status)

        path = f"/v1/uploads/{upload_id}"
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "PATCH",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": raw,
            "client": ("127.0.0.1", 50000),
            "server": ("testserver", 80),
        }
        await self._app(scope, receive, send)  # pyright: ignore[reportArgumentType]


def sending(person: Person, offset: int) -> dict[str, str]:
    return {**person.headers, **TUS, **BYTES, "Upload-Offset": str(offset)}


async def test_what_arrived_before_a_break_is_kept(
    app: FastAPI, adas: Uploader, db: AsyncSession
) -> None:
    content = b"%PDF-" + bytes(range(256)) * 4000
    upload_id = await adas.begin(content)
    arrived = 2 * CHUNK_BYTES + 17
    pieces = [content[at : min(at + 60_000, arrived)] for at in range(0, arrived, 60_000)]
    await Broken(app).patch(upload_id, pieces, sending(adas.person, 0))
    assert (await adas.ask(upload_id)).headers["Upload-Offset"] == str(arrived)
    chunks = select(func.octet_length(Chunk.data)).order_by(Chunk.start)
    assert list(await db.scalars(chunks)) == [CHUNK_BYTES, CHUNK_BYTES, 17]
    rest = await adas.send(upload_id, content[arrived:], offset=arrived)
    assert rest.status_code == 204
    assert (await adas.get(f"/v1/files/{upload_id}/content")).content == content


async def test_a_broken_request_with_a_checksum_keeps_nothing(app: FastAPI, adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    digest = in_base64(hashlib.sha256(PDF).digest())
    headers = sending(adas.person, 0) | {"Upload-Checksum": f"sha256 {digest}"}
    await Broken(app).patch(upload_id, [PDF[:500]], headers)
    assert headers_of(await adas.ask(upload_id)) == progress(0)


async def test_no_byte_is_read_before_the_actor_is_proved(app: FastAPI, adas: Uploader) -> None:
    upload_id = await adas.begin(PDF)
    connection = Broken(app, may_read=False)
    await connection.patch(upload_id, [PDF], {**TUS, **BYTES, "Upload-Offset": "0"})
    assert connection.status == 401


async def test_an_unfinished_upload_can_be_taken_back(adas: Uploader, db: AsyncSession) -> None:
    upload_id = await adas.begin(PDF)
    await adas.send(upload_id, PDF[:100])
    response = await adas.ask(upload_id, "DELETE")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Tus-Resumable"] == "1.0.0"
    refused(await adas.ask(upload_id, "GET"), 404, "upload_not_found")
    assert (await count(db, Upload), await count(db, Chunk)) == (0, 0)


async def test_a_whole_file_cannot_be_taken_back(adas: Uploader) -> None:
    upload_id = await adas.upload(PDF)
    refused(await adas.ask(upload_id, "DELETE"), 409, "upload_complete")
    assert (await adas.get(f"/v1/files/{upload_id}/content")).content == PDF


async def test_an_upload_that_stops_coming_is_forgotten(
    adas: Uploader,
    settings: Settings,
    database: Database,
    db: AsyncSession,
    clock: FixedClock,
) -> None:
    stopped = await adas.begin(PDF)
    await adas.send(stopped, PDF[:100])
    whole = await adas.upload(PDF)
    clock.advance(UNFINISHED_FOR - timedelta(seconds=1))
    assert await expire_uploads(database, clock) == 0
    clock.advance(timedelta(seconds=1))
    adas = Uploader(adas.client, await renewed(adas.person, database, settings))
    fresh = await adas.begin(PDF)
    refused(await adas.ask(stopped, "GET"), 404, "upload_not_found")
    refused(await adas.send(stopped, PDF[100:], offset=100), 404, "upload_not_found")
    assert await expire_uploads(database, clock) == 2
    assert list(await db.scalars(select(Upload.id))) == [fresh]
    assert list(await db.scalars(select(Chunk.content_id).distinct())) == [whole]
    assert (await adas.get(f"/v1/files/{whole}/content")).content == PDF


async def test_an_upload_that_cannot_be_forgotten_keeps_no_other(
    adas: Uploader, database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = [await adas.begin(PDF) for _ in range(2)]
    delete = storage.delete

    async def faulty(db: AsyncSession, content_id: UUID) -> None:
        if content_id == first:
            raise ZeroDivisionError
        await delete(db, content_id)

    monkeypatch.setattr(storage, "delete", faulty)
    clock.advance(UNFINISHED_FOR)
    assert await expire_uploads(database, clock) == 1
    monkeypatch.setattr(storage, "delete", delete)
    assert await expire_uploads(database, clock) == 1
