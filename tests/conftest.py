"""One migrated database a worker; each test in a transaction that is rolled back.

`client` speaks to the real application over ASGI, its requests "commit" into the test's outer
transaction (savepoints), and deferred constraints are checked at each such commit. Walks to where
tests begin are remembered (`worlds.py`). Tests of races and crashes take `settled`: a database of
their own, where commits are real.
"""

import gc
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from app.installation import logs
from app.installation.embedded import EmbeddedPostgres
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from app.settings import PREFIX, Settings
from tests import sizes
from tests.bound import BoundDatabase
from tests.contract.recorder import ContractRecorder
from tests.grant_walks import Funding
from tests.journeys import Network
from tests.people.identity.people import People
from tests.server import ROOT, Urls, WorldServer, folder, migrate, recreate, settings_for
from tests.transport import Transport
from tests.worlds import Worlds

pytest_plugins = ["tests.contract.exercised", "tests.kernel.probe_tables", "tests.times"]

logs.configure("warning")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="try all there is: takes hours")
    parser.addoption(
        "--shuffle", metavar="SEED", help="run files, and the tests of each, in disorder"
    )
    parser.addoption("--walk", action="store_true", help="walk to where each test begins anew")


def pytest_configure(config: pytest.Config) -> None:
    sizes.choose(sizes.SOAK if config.getoption("--soak") else sizes.CHANGE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("--shuffle")
    if seed is not None:
        items.sort(key=lambda item: [_drawn(seed, item.path), _drawn(seed, item.nodeid)])


def _drawn(seed: str, what: object) -> bytes:
    """The same in every worker: they must agree on the order."""
    return hashlib.sha256(f"{seed} {what}".encode()).digest()


def pytest_collection_finish() -> None:
    """What was imported is there to stay: looking for garbage in it is a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look once for what the tests left behind; pytest looks twice more."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_in_the_environment() -> Iterator[None]:
    """A setting that a test left would be every later test's, and its children's."""
    before = {name: said for name, said in os.environ.items() if name.startswith(PREFIX)}
    yield
    after = {name: said for name, said in os.environ.items() if name.startswith(PREFIX)}
    assert after == before


@pytest.fixture(scope="session")
def urls() -> Iterator[Urls]:
    """The embedded server, or the one of PLN_TEST_DATABASE_URL (its role may create databases).

    PLN_TEST_POSTGRES_BIN names programs of another version to embed.
    """
    given = os.environ.get("PLN_TEST_DATABASE_URL")
    if given:
        yield Urls(given, os.environ.get("PLN_TEST_APPLICATION_URL", given))
        return
    chosen = os.environ.get("PLN_TEST_POSTGRES_BIN")
    data = folder() / ("tests-other" if chosen else "tests")
    binaries = Path(chosen) if chosen else None
    with EmbeddedPostgres(data, fast=True, binaries=binaries) as found:
        yield Urls(found.owner, found.app)


def _migrations_hash() -> str:
    files = sorted((ROOT / "migrations").rglob("*.*"))
    content = b"".join(file.read_bytes() for file in files if file.suffix in (".py", ".sql"))
    return hashlib.sha256(content).hexdigest()[:12]


@pytest.fixture(scope="session")
def template(urls: Urls) -> str:
    """A database at head from which every other is copied, kept until migrations change."""
    name = f"pln_template_{_migrations_hash()}"
    with urls.admin() as admin:
        admin.execute("SELECT pg_advisory_lock(7022)")
        found = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            scratch = f"{name}_scratch"
            recreate(admin, scratch)
            migrate(urls, scratch)
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(scratch), sql.Identifier(name)
                )
            )
    return name


@pytest.fixture(scope="session")
def worker_database(urls: Urls, template: str, worker_id: str) -> str:
    name = f"pln_test_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    return name


@pytest.fixture(scope="session")
def settings(urls: Urls, worker_database: str) -> Settings:
    return settings_for(urls.app(worker_database))


@pytest.fixture
def clock() -> FixedClock:
    """Monday 2 March 2026, nine o'clock in UTC."""
    return FixedClock(START)


@pytest.fixture(scope="session")
async def worlds(
    urls: Urls, worker_database: str, request: pytest.FixtureRequest
) -> AsyncIterator[Worlds]:
    """Every world that walks have led to in this worker."""
    walk = request.config.getoption("--walk")
    worlds = Worlds(WorldServer(urls), worker_database, walk=walk)
    yield worlds
    await worlds.dispose()


@pytest.fixture
async def database(worlds: Worlds, clock: FixedClock) -> AsyncIterator[BoundDatabase]:
    """The database of the test, as the application sees it."""
    database = await worlds.begin(clock)
    yield database
    await database.leave()


@pytest.fixture
async def db(database: Database) -> AsyncIterator[AsyncSession]:
    """A session for the test's own preparations; `await db.commit()` lets the client see them."""
    async with database.sessions() as db:
        yield db


@pytest.fixture
def app(settings: Settings, database: Database, clock: FixedClock) -> FastAPI:
    return create_app(settings, clock=clock, database=database)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """An anonymous client; every answer is checked against the committed document."""
    async with client_of(app) as client:
        yield client


def client_of(app: FastAPI) -> httpx.AsyncClient:
    transport = Transport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=ContractRecorder(transport), base_url="http://testserver", timeout=60
    )


@pytest.fixture
async def settled(
    urls: Urls, template: str, worker_id: str, clock: FixedClock
) -> AsyncIterator[Database]:
    """A database of the test's own where every commit is real, with twenty connections to change it
    and as many that only read."""
    name = f"pln_settled_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    settings = settings_for(urls.app(name)).model_copy(
        update={"database_pool_size": 40, "database_pool_timeout_seconds": 240.0}
    )
    database = Database.connect(settings, clock)
    yield database
    await database.dispose()


@pytest.fixture
async def settled_client(settled: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the settled database."""
    async with client_of(create_app(settings, clock=settled.clock, database=settled)) as client:
        yield client


@pytest.fixture
async def owner(urls: Urls, worker_database: str) -> AsyncIterator[AsyncConnection]:
    """A connection of the role that owns the tables, rolled back at the end."""
    engine = create_async_engine(urls.owner(worker_database), poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture
def people(database: Database, settings: Settings) -> People:
    """Makes people with roles, signed in, in the database of the test."""
    return People(database, settings)


@pytest.fixture
def settled_people(settled: Database, settings: Settings) -> People:
    """The same in the settled database."""
    return People(settled, settings)


@pytest.fixture
async def network(client: httpx.AsyncClient, people: People) -> Network:
    """A programme with those who run it."""
    return await Network.begin(client, people)


@pytest.fixture
async def funding(network: Network) -> Funding:
    """A network with a member whose grant can be drawn up."""
    return await Funding.begin(network)
