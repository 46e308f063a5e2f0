"""How much may be stored, by a person, for a collaboration, in the network, however many ask."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database, new_id
from app.people.files.attachments.service import attach
from app.people.files.quotas.service import CollaborationStorageFull
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind
from tests.people.files.uploading import PDF, TUS, Uploader, metadata
from tests.people.identity.people import People

MIB = 2**20
POLICY = '"stored-bytes";q=524288000;qu="content-bytes"'


async def announce(uploader: Uploader, size: int) -> Response:
    headers = {**TUS, "Upload-Length": str(size), **metadata(filename="film.mp4")}
    return await uploader.create(headers)


def told(answer: Response) -> dict[str, Any]:
    body = answer.json()
    return {name: body[name] for name in ("status", "code", "quota", "limit", "stored")}


def limit(database: Database, **limits: int) -> None:
    database.info["limits"] = replace(database.info["limits"], **limits)


async def test_a_person_has_500_mib_and_is_told_what_is_left(adas: Uploader) -> None:
    for left in (400, 300, 200, 100, 0):
        answer = await announce(adas, 100 * MIB)
        assert answer.status_code == 201
        assert answer.headers["RateLimit-Policy"] == POLICY
        assert answer.headers["RateLimit"] == f'"stored-bytes";r={left * MIB}'
        last = answer.json()["id"]
    full = await announce(adas, 1)
    assert told(full) == {
        "status": 413,
        "code": "storage_full",
        "quota": "person",
        "limit": 500 * MIB,
        "stored": 500 * MIB,
    }
    assert full.headers["RateLimit"] == '"stored-bytes";r=0'
    assert (await adas.ask(UUID(last), "DELETE")).status_code == 204
    assert (await announce(adas, 100 * MIB)).status_code == 201


async def test_what_has_become_a_file_counts_on(adas: Uploader, database: Database) -> None:
    limit(database, stored_by_person=2 * len(PDF))
    await adas.upload(PDF)
    await adas.upload(PDF)
    assert told(await announce(adas, 1))["stored"] == 2 * len(PDF)


async def test_services_count_as_who_owns_them(
    client: AsyncClient, adas: Uploader, people: People, database: Database
) -> None:
    limit(database, stored_by_person=100)
    owner = Uploader(client, await people.person("Ann Administrator", Role.ADMINISTRATOR))
    service = await people.service("Camera", owner.person, Role.ADMINISTRATOR)
    headers = {**service.headers, **TUS, "Upload-Length": "60", **metadata(filename="film.mp4")}
    assert (await client.post("/v1/uploads", headers=headers)).status_code == 201
    assert (await announce(adas, 60)).status_code == 201
    assert told(await announce(owner, 41))["quota"] == "person"


async def test_what_an_alias_stored_is_its_persons(
    client: AsyncClient, adas: Uploader, people: People, database: Database
) -> None:
    """Two accounts that became one have room for one."""
    limit(database, stored_by_person=100)
    assert (await announce(adas, 60)).status_code == 201
    ada = await people.person("Ada Byron")
    administrator = await people.person("Ann Administrator", Role.ADMINISTRATOR)
    path = f"/v1/accounts/{adas.person.account_id}/merge"
    body = {"into_id": str(ada.account_id), "reason": "She told us that both are hers."}
    done = await client.post(path, json=body, headers=administrator.headers)
    assert done.status_code == 200
    assert told(await announce(Uploader(client, ada), 41))["stored"] == 60


async def test_the_network_has_an_end_too(
    client: AsyncClient, adas: Uploader, people: People, database: Database
) -> None:
    limit(database, stored_in_network=100)
    assert (await announce(adas, 60)).status_code == 201
    other = Uploader(client, await people.person("Bob Stranger"))
    assert told(await announce(other, 41)) == {
        "status": 413,
        "code": "storage_full",
        "quota": "network",
        "limit": 100,
        "stored": 60,
    }
    assert (await announce(other, 40)).status_code == 201


async def test_a_collaboration_has_what_is_attached_below_it(
    adas: Uploader, people: People, database: Database, db: AsyncSession
) -> None:
    """Of its membership and its dossier as of itself; another has room of its own."""
    limit(database, stored_by_collaboration=2 * len(PDF))
    actor = await actor_of(db, adas.person.account_id)
    assert actor is not None

    async def evidence(file_id: UUID, scope_id: UUID) -> None:
        async with database.transaction() as db:
            await attach(db, actor, file_id, scope_id, "evidence", new_id())

    mine, theirs = [await people.scope(ScopeKind.COLLABORATION) for _ in range(2)]
    membership = await people.scope(ScopeKind.MEMBERSHIP, mine)
    for scope_id in (mine, membership):
        await evidence(await adas.upload(PDF), scope_id)
    file_id = await adas.upload(PDF)
    for scope_id in (mine, membership):
        with pytest.raises(CollaborationStorageFull) as refused:
            await evidence(file_id, scope_id)
    assert refused.value.extra == {"limit": 2 * len(PDF), "stored": 2 * len(PDF)}
    await evidence(file_id, theirs)


@pytest.mark.parametrize("quota", ["stored_by_person", "stored_in_network"])
async def test_ten_at_once_find_room_for_three(
    settled: Database, settled_client: AsyncClient, settled_people: People, quota: str
) -> None:
    """The planted fault: the sum is read before the lock is held."""
    limit(settled, **{quota: 300})
    persons = [await settled_people.person(f"Ada {number}") for number in range(10)]
    if quota == "stored_by_person":
        persons = persons[:1] * 10
    answers = await asyncio.gather(
        *(announce(Uploader(settled_client, person), 100) for person in persons)
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [413] * 7
