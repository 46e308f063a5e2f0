"""kill -9 of the API: what was acknowledged is there, nothing is there in part, nothing twice."""

import asyncio
import hashlib
import random
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import func, select

from app.background.storage import CHUNK_BYTES
from app.kernel.activity import Activity
from app.kernel.db import Database
from app.people.identity.roles import Role
from app.people.organisations.models import Organisation
from tests.crash.applications import DIE
from tests.crash.processes import Api
from tests.people.files.uploading import Uploader
from tests.people.identity.people import People, Person

SEED = 20200401
WRITES = 36


class Lost(AssertionError):
    """The service took back what it had acknowledged."""


@pytest.fixture
async def manager(lasting_people: People) -> Person:
    return await lasting_people.person(f"Mara Manager {uuid4().hex}", Role.PROGRAMME_MANAGER)


def client_of(api: Api) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=api.url, timeout=60)


class Kills:
    """Kills the API when it has acknowledged this many times, and starts it anew."""

    def __init__(self, api: Api, at: list[int]) -> None:
        self._api = api
        self._at = sorted(at)
        self.acknowledged = 0
        self.done = 0

    async def note(self) -> None:
        self.acknowledged += 1
        if self._at and self.acknowledged >= self._at[0]:
            self._at.pop(0)
            self.done += 1
            await self._api.replace()


async def create(
    client: httpx.AsyncClient, person: Person, name: str, **headers: str
) -> httpx.Response:
    body = {"name": name, "kind": "company", "country": "GB", "identifiers": []}
    return await client.post("/v1/organisations", json=body, headers={**person.headers, **headers})


async def stored(database: Database, names: list[str]) -> dict[str, list[UUID]]:
    """The ids of the organisations of each name."""
    found: dict[str, list[UUID]] = {name: [] for name in names}
    async with database.transaction() as db:
        rows = await db.execute(
            select(Organisation.name, Organisation.id).where(Organisation.name.in_(names))
        )
        for name, organisation_id in rows:
            found[name].append(organisation_id)
    return found


async def recorded(database: Database, ids: list[UUID]) -> list[int]:
    """How many activity rows each of these has."""
    async with database.transaction() as db:
        rows = await db.execute(
            select(Activity.subject_id, func.count().label("count"))
            .where(Activity.subject_id.in_(ids))
            .group_by(Activity.subject_id)
        )
        counts = {row.subject_id: row.count for row in rows}
    return [counts.get(subject, 0) for subject in ids]


async def lose_an_answer(api: Api, person: Person, name: str, **headers: str) -> httpx.Response:
    """Create an organisation by a process that dies before it answers; then ask its successor."""
    async with client_of(api) as client:
        with pytest.raises(httpx.TransportError):
            await create(client, person, name, **headers, **{DIE: "please"})
    await api.replace()
    async with client_of(api) as client:
        return await create(client, person, name, **headers)


async def test_a_lost_answer_is_replayed(api: Api, lasting: Database, manager: Person) -> None:
    name = f"Acme {uuid4().hex}"
    response = await lose_an_answer(api, manager, name, **{"Idempotency-Key": uuid4().hex})
    assert (response.status_code, response.headers["Idempotency-Replayed"]) == (201, "true")
    created = UUID(response.json()["id"])
    assert response.headers["Location"] == f"/v1/organisations/{created}"
    assert await stored(lasting, [name]) == {name: [created]}
    assert await recorded(lasting, [created]) == [1]


async def test_the_key_is_what_keeps_a_lost_answer_from_being_done_twice(
    api: Api, lasting: Database, manager: Person
) -> None:
    """The planted fault: a client that sends no key."""
    name = f"Acme {uuid4().hex}"
    response = await lose_an_answer(api, manager, name)
    assert (response.status_code, "Idempotency-Replayed" in response.headers) == (201, False)
    assert len((await stored(lasting, [name]))[name]) == 2


async def test_writes_survive_kills(api: Api, lasting: Database, manager: Person) -> None:
    kills = Kills(api, random.Random(SEED).sample(range(3, WRITES - 6), 3))
    acknowledged: dict[str, UUID] = {}

    async def write(number: int) -> None:
        name, key = f"Writer {number} {uuid4().hex}", {"Idempotency-Key": uuid4().hex}
        while name not in acknowledged:
            try:
                async with client_of(api) as client:
                    response = await create(client, manager, name, **key)
            except httpx.TransportError:
                continue
            if response.status_code == 409:  # the first try is still being rolled back
                assert response.json()["code"] == "idempotency_in_progress"
                continue
            assert response.status_code == 201, response.text
            acknowledged[name] = UUID(response.json()["id"])
        await kills.note()

    async def several(begin: int) -> None:
        for number in range(begin, WRITES, 6):
            await write(number)

    await asyncio.gather(*(several(begin) for begin in range(6)))
    assert kills.done == 3
    assert await stored(lasting, list(acknowledged)) == {
        name: [created] for name, created in acknowledged.items()
    }
    assert await recorded(lasting, list(acknowledged.values())) == [1] * WRITES


def content_of(number: int) -> bytes:
    return b"%PDF-" + random.Random(SEED + number).randbytes(4 * CHUNK_BYTES + 1000)


async def ask(uploader: Uploader, upload_id: UUID, acknowledged: int) -> int:
    """How much is there. Raises Lost when it is less than was acknowledged."""
    response = await uploader.ask(upload_id)
    assert response.status_code == 200
    received = int(response.headers["Upload-Offset"])
    if received < acknowledged:
        raise Lost(f"{received} of {acknowledged} acknowledged bytes")
    return received


async def upload(api: Api, person: Person, content: bytes, kills: Kills) -> UUID:
    """Upload like a client that goes on after every broken connection where the service says."""
    async with client_of(api) as client:
        upload_id = await Uploader(client, person).begin(content)
    offset = 0
    while offset < len(content):
        try:
            async with client_of(api) as client:
                uploader = Uploader(client, person)
                offset = await ask(uploader, upload_id, offset)
                while offset < len(content):
                    part = content[offset : offset + 150_000]
                    response = await uploader.send(upload_id, part, offset=offset)
                    assert response.status_code == 204, response.text
                    offset = int(response.headers["Upload-Offset"])
                    await kills.note()
        except httpx.TransportError:
            continue
    return upload_id


async def test_uploads_survive_kills(api: Api, manager: Person) -> None:
    kills = Kills(api, random.Random(SEED).sample(range(3, 20), 3))
    contents = [content_of(number) for number in range(3)]
    uploads = [upload(api, manager, content, kills) for content in contents]
    files = await asyncio.gather(*uploads)
    assert kills.done == 3
    async with client_of(api) as client:
        uploader = Uploader(client, manager)
        for file_id, content in zip(files, contents, strict=True):
            file = (await uploader.get(f"/v1/files/{file_id}")).json()
            assert file["sha256"] == hashlib.sha256(content).hexdigest()
            assert (await uploader.get(f"/v1/files/{file_id}/content")).content == content


async def test_storing_first_is_what_keeps_acknowledged_bytes(
    forgetful_api: Api, manager: Person
) -> None:
    content = content_of(9)
    async with client_of(forgetful_api) as client:
        uploader = Uploader(client, manager)
        upload_id = await uploader.begin(content)
        response = await uploader.send(upload_id, content[:100_000])
    acknowledged = int(response.headers["Upload-Offset"])
    await forgetful_api.replace()
    async with client_of(forgetful_api) as client:
        with pytest.raises(Lost):
            await ask(Uploader(client, manager), upload_id, acknowledged)


async def test_a_lost_last_answer_leaves_a_whole_file(api: Api, manager: Person) -> None:
    content = content_of(7)
    async with client_of(api) as client:
        uploader = Uploader(client, manager)
        upload_id = await uploader.begin(content)
        with pytest.raises(httpx.TransportError):
            await uploader.send(upload_id, content, **{DIE: "please"})
    await api.replace()
    async with client_of(api) as client:
        uploader = Uploader(client, manager)
        assert await ask(uploader, upload_id, 0) == len(content)
        assert (await uploader.get(f"/v1/files/{upload_id}/content")).content == content
