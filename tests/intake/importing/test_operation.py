"""The same import, asked for over HTTP and done by a worker."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import ANY

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.jobs import Work
from app.background.operations import run_operation
from app.kernel.db import Database
from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from app.settings import Settings
from tests.answers import refused
from tests.bound import BoundDatabase
from tests.intake.importing.conftest import DATA, CutOff, Importer
from tests.people.files.uploading import Uploader
from tests.people.identity.people import People
from tests.publishing.giving.official import SOUND, package_of

PATH = "/v1/imports/milestone-grants"
NOWHERE = "018f0000-0000-7000-8000-000000000000"
NAMES = ("odd-ends", "in-coins")


class Failing(BoundDatabase):
    """A database that goes away after so many transactions."""

    def __init__(self, database: BoundDatabase, transactions: int) -> None:
        super().__init__(database.connection, database.clock)
        self.left = transactions

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        self.left -= 1
        if self.left < 0:
            raise CutOff
        async with super().transaction() as db:
            yield db


def content() -> bytes:
    records = json.loads((DATA / "grants.json").read_bytes())
    return json.dumps([one for one in records if one["id"] in NAMES]).encode()


async def uploaded(client: AsyncClient, importer: Importer, written: bytes) -> str:
    uploader = Uploader(client, importer.person)
    return str(await uploader.upload(written, name="grants.json", media_type="application/json"))


async def asked(client: AsyncClient, importer: Importer, **body: Any) -> str:
    answer = await client.post(PATH, json=body, headers=importer.person.headers)
    assert (answer.status_code, answer.json()["kind"]) == (202, "import_milestone_grants")
    assert answer.headers["Location"] == f"/v1/operations/{answer.json()['id']}"
    return answer.headers["Location"]


async def work(database: Database, settings: Settings, location: str) -> None:
    operation_id = location.rpartition("/")[2]
    await run_operation(Work(database, settings, actor_of), operation_id=operation_id)


async def test_an_import_survives_the_worker_that_runs_it(
    client: AsyncClient, importer: Importer, database: BoundDatabase, settings: Settings
) -> None:
    file_id = await uploaded(client, importer, content())
    dry = await asked(client, importer, file_id=file_id, dry_run=True)
    await work(database, settings, dry)
    tried = (await client.get(dry, headers=importer.person.headers)).json()["result"]
    location = await asked(client, importer, file_id=file_id)
    with pytest.raises(CutOff):
        await work(Failing(database, 6), settings, location)
    half = (await client.get(location, headers=importer.person.headers)).json()
    assert (half["status"], half["progress"], half["message"]) == (
        "running",
        50,
        "1 of 2 records",
    )
    await work(database, settings, location)
    done = (await client.get(location, headers=importer.person.headers)).json()
    assert (done["status"], done["progress"], done["attempt"]) == ("partly", 100, 2)
    assert done["counts"] == {"done": 7, "unchanged": 0, "refused": 6}
    operation_id = location.rpartition("/")[2]
    assert done["result"] == tried | {"import_id": operation_id, "is_dry_run": False}
    assert done["result"]["counts"]["grant"] == {"imported": 1, "already_there": 0, "refused": 1}
    mine = await client.get("/v1/grants", headers=importer.person.headers)
    assert [grant["reference"] for grant in mine.json()["items"]] == ["MG1-G01"]


async def test_a_file_that_is_none_fails_the_operation(
    client: AsyncClient, importer: Importer, database: Database, settings: Settings
) -> None:
    file_id = await uploaded(client, importer, b'{"grants": []}')
    location = await asked(client, importer, file_id=file_id)
    before = await importer.held()
    await work(database, settings, location)
    failed = (await client.get(location, headers=importer.person.headers)).json()
    assert (failed["status"], failed["problem"]["code"], failed["problem"]["detail"]) == (
        "failed",
        "import_file_unreadable",
        "grants.json has to be a list of records.",
    )
    after = await importer.held()
    assert {table for table in after if after[table] != before[table]} == {"operations"}


async def test_an_import_that_brought_nothing_in_did_not_succeed(
    client: AsyncClient, importer: Importer, database: Database, settings: Settings
) -> None:
    records = json.loads((DATA / "grants.json").read_bytes())
    coins = json.dumps([one for one in records if one["id"] == "in-coins"]).encode()
    file_id = await uploaded(client, importer, coins)
    dry = await asked(client, importer, file_id=file_id, dry_run=True)
    await work(database, settings, dry)
    tried = (await client.get(dry, headers=importer.person.headers)).json()
    location = await asked(client, importer, file_id=file_id)
    before = await importer.held()
    await work(database, settings, location)
    ended = (await client.get(location, headers=importer.person.headers)).json()
    assert (tried["status"], tried["counts"], tried["problem"]) == ("succeeded", None, None)
    assert (ended["status"], ended["problem"]["code"]) == ("refused", "import_refused")
    assert ended["counts"] == {"done": 0, "unchanged": 0, "refused": 2}
    same = {"import_id": location.rpartition("/")[2], "is_dry_run": False}
    assert ended["result"] == tried["result"] | same
    assert ended["result"]["refused_by_reason"] == {"currency_unknown": 1}
    after = await importer.held()
    assert {table for table in after if after[table] != before[table]} == {"operations"}


async def test_who_may_not_import_and_what_cannot_be(
    client: AsyncClient, importer: Importer, people: People
) -> None:
    file_id = await uploaded(client, importer, content())
    body = {"file_id": file_id}
    assert refused(await client.post(PATH, json=body), "unauthenticated", 401)
    manager = await people.person("Mary Manager", Role.PROGRAMME_MANAGER)
    answer = await client.post(PATH, json=body, headers=manager.headers)
    assert refused(answer, "not_allowed", 403, permission="import.run")
    headers = importer.person.headers
    other = await client.post(PATH, json={"file_id": NOWHERE}, headers=headers)
    assert refused(other, "file_not_found", 404)
    under = await client.post(PATH, json=body | {"programme_id": NOWHERE}, headers=headers)
    unknown = {"pointer": "/programme_id", "code": "programme_unknown", "detail": ANY}
    assert refused(under, "programme_unknown", 422, errors=[unknown])
    wrong = await client.post(PATH, json={"file_id": "grants.json"}, headers=headers)
    assert refused(wrong, "validation_failed", 422, errors=[ANY])
    assert wrong.json()["errors"][0]["pointer"] == "/file_id"


async def test_open_seeds_are_asked_for_by_their_files_and_safe_to_ask_for_twice(
    client: AsyncClient, importer: Importer, database: BoundDatabase, settings: Settings
) -> None:
    path = "/v1/imports/open-seeds"
    headers = importer.person.headers
    body: dict[str, Any] = {}
    for name in ("organizations", "people", "cohorts", "projects", "funding", "library"):
        written = (DATA / "seeds" / f"{name}.json").read_bytes()
        body[f"{name}_file_id"] = await uploaded(client, importer, written)
    counted: list[dict[str, Any]] = []
    for _ in range(2):
        answer = await client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["kind"]) == (202, "import_open_seeds")
        await work(database, settings, answer.headers["Location"])
        done = (await client.get(answer.headers["Location"], headers=headers)).json()
        assert done["status"] == "partly"
        counted.append(done["result"]["counts"])
    assert [one["learning_session"] for one in counted] == [
        {"imported": 6, "already_there": 0, "refused": 3},
        {"imported": 0, "already_there": 6, "refused": 3},
    ]
    held = (await client.get("/v1/learning-sessions?status=held", headers=headers)).json()["items"]
    assert [one["title"] for one in held] == [
        "Welcome!",
        "Meet your mentor!",
        "Questions",
        "Cafeteria",
    ]
    answer = await client.post(path, json=body | {"people_file_id": NOWHERE}, headers=headers)
    assert refused(answer, "file_not_found", 404)
    answer = await client.post(path, json=body | {"programme_id": NOWHERE}, headers=headers)
    assert answer.json()["code"] == "programme_unknown"


async def test_grants_of_others_are_asked_for_by_their_file_and_safe_to_ask_for_twice(
    client: AsyncClient, importer: Importer, database: BoundDatabase, settings: Settings
) -> None:
    path, headers = "/v1/imports/external-grants", importer.person.headers
    written = json.dumps(package_of(SOUND, {"id": "360G-empty"})).encode()
    body = {"file_id": await uploaded(client, importer, written)}
    counted: list[dict[str, Any]] = []
    for _ in range(2):
        answer = await client.post(path, json=body, headers=headers)
        assert (answer.status_code, answer.json()["kind"]) == (202, "import_external_grants")
        await work(database, settings, answer.headers["Location"])
        done = (await client.get(answer.headers["Location"], headers=headers)).json()
        assert done["status"] == "partly"
        counted.append(done["result"]["counts"]["external_grant"])
    assert counted == [
        {"imported": 1, "already_there": 0, "refused": 1},
        {"imported": 0, "already_there": 1, "refused": 1},
    ]
    answer = await client.post(path, json=body | {"file_id": NOWHERE}, headers=headers)
    assert refused(answer, "file_not_found", 404)


@pytest.mark.parametrize("name", ["open-data-index", "open-data-pathway"])
async def test_what_was_asked_elsewhere_is_asked_for_by_its_files_and_safe_to_ask_for_twice(
    client: AsyncClient,
    importer: Importer,
    database: BoundDatabase,
    settings: Settings,
    name: str,
) -> None:
    path, headers = f"/v1/imports/{name}", importer.person.headers
    files = {"file_id": "pathway.json"}
    if name == "open-data-index":
        tables = ("questions", "datasets", "places", "entries")
        files = {f"{one}_file_id": f"index/{one}.csv" for one in tables}
    body: dict[str, Any] = {
        field: await uploaded(client, importer, (DATA / file).read_bytes())
        for field, file in files.items()
    }
    ended: list[Any] = []
    for more in ({"dry_run": True}, {}, {}):
        answer = await client.post(path, json=body | more, headers=headers)
        kind = f"import_{name.replace('-', '_')}"
        assert (answer.status_code, answer.json()["kind"]) == (202, kind)
        await work(database, settings, answer.headers["Location"])
        done = (await client.get(answer.headers["Location"], headers=headers)).json()
        ended.append((done["status"], done["result"]["counts"]["framework"]))
    is_whole = name == "open-data-pathway"
    status = "succeeded" if is_whole else "partly"
    new = {"imported": 1, "already_there": 0, "refused": 0}
    there = {"imported": 0, "already_there": 1, "refused": 0}
    assert ended == [("succeeded", new), (status, new), (status, there)]
    first = next(iter(files))
    answer = await client.post(path, json=body | {first: NOWHERE}, headers=headers)
    assert refused(answer, "file_not_found", 404)
    answer = await client.post(path, json=body | {"programme_id": NOWHERE}, headers=headers)
    assert answer.json()["code"] == "programme_unknown"
