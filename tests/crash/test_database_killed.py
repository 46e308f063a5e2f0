"""kill -9 of PostgreSQL under the API: what was acknowledged is there, and nothing twice."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID, uuid4

import psycopg
import pytest

from app.installation import migrations
from app.installation.embedded import EmbeddedPostgres, Urls
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.people.identity.roles import Role
from app.settings import Settings, libpq_url
from tests.bound import SECRET
from tests.crash.processes import Api, Nursery
from tests.crash.test_api_killed import client_of, create, recorded, stored
from tests.people.identity.people import People, Person

WRITES = 40


class Server:
    """A PostgreSQL of the test's own, as safe against crashes as the service's."""

    def __init__(self, folder: Path) -> None:
        self._postgres = EmbeddedPostgres(folder)
        self.urls = self._postgres.start()
        migrations.upgrade(self.urls.owner, self.urls.app)

    async def crash(self) -> None:
        """Kill it, and let it recover at the same address."""
        pid = int((self._postgres.pgdata / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        assert await asyncio.to_thread(self._recover) == self.urls

    def _recover(self) -> Urls:
        self._postgres.stop()
        return self._postgres.start()

    def stop(self) -> None:
        self._postgres.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    place = Path(mkdtemp(prefix="pln crash "))
    place.chmod(0o711)
    server = Server(place)
    yield server
    server.stop()
    shutil.rmtree(place)


@pytest.fixture
def hasty(server: Server) -> Iterator[None]:
    """The planted fault: the application's role does not wait for its commits to be on disk."""

    def alter(setting: str) -> None:
        with psycopg.connect(libpq_url(server.urls.app), autocommit=True) as connection:
            connection.execute(f"ALTER ROLE CURRENT_USER {setting}".encode())

    alter("SET synchronous_commit = off")
    yield
    alter("RESET synchronous_commit")


@pytest.fixture
async def own(server: Server, settings: Settings) -> AsyncIterator[Database]:
    of_its_own = settings.model_copy(update={"database_url": server.urls.app})
    database = Database.connect(of_its_own, SystemClock())
    yield database
    await database.dispose()


@pytest.fixture
async def manager(own: Database, settings: Settings) -> Person:
    name = f"Mara Manager {uuid4().hex}"
    return await People(own, settings).person(name, Role.PROGRAMME_MANAGER)


@pytest.fixture
async def api(
    bearing: Nursery, environment: Mapping[str, str], server: Server
) -> AsyncIterator[Api]:
    there = {**environment, "PLN_DATABASE_URL": server.urls.app, "PLN_SECRET_KEY": SECRET}
    api = await Api.begin(bearing, there, "sound")
    yield api
    await api.end()


async def written(api: Api, person: Person, name: str) -> UUID:
    """Create an organisation, however often it takes, with one key."""
    key = {"Idempotency-Key": uuid4().hex}
    async with client_of(api) as client:
        while True:
            response = await create(client, person, name, **key)
            if response.status_code == 201:
                return UUID(response.json()["id"])
            assert response.status_code in (409, 503), response.text
            assert response.headers["Retry-After"]


async def test_writes_survive_crashes_of_the_database(
    api: Api, server: Server, own: Database, manager: Person
) -> None:
    acknowledged: dict[str, UUID] = {}
    crashes = 0

    async def several(begin: int) -> None:
        nonlocal crashes
        for number in range(begin, WRITES, 4):
            name = f"Writer {number}"
            acknowledged[name] = await written(api, manager, name)
            if len(acknowledged) in (7, 23):
                crashes += 1
                await server.crash()

    await asyncio.gather(*(several(begin) for begin in range(4)))
    assert crashes == 2
    assert await stored(own, list(acknowledged)) == {
        name: [created] for name, created in acknowledged.items()
    }
    assert await recorded(own, list(acknowledged.values())) == [1] * WRITES


async def lost_by_a_crash(api: Api, server: Server, own: Database, person: Person) -> set[str]:
    """Which of many acknowledged writes are gone after a crash right behind them."""
    names = [f"Hasty {uuid4().hex}" for _ in range(30)]
    await asyncio.gather(*(written(api, person, name) for name in names))
    await server.crash()
    await own.dispose()
    found = await stored(own, names)
    return {name for name in names if not found[name]}


async def test_waiting_for_the_disk_is_what_keeps_acknowledged_writes(
    hasty: None, api: Api, server: Server, own: Database, manager: Person
) -> None:
    for _ in range(4):
        if await lost_by_a_crash(api, server, own, manager):
            return
    raise AssertionError("nothing was lost, so the other test proves nothing")
