"""One migrated database a worker; each test in a transaction that is rolled back.

`client` speaks to the real application over ASGI, its requests "commit" into the test's outer
transaction (savepoints), and deferred constraints are checked at each such commit. Tests of races
and crashes take `settled`: a database of their own, where commits are real.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
import pytest
from alembic import command
from alembic.config import Config
from fastapi import FastAPI
from psycopg import sql
from sqlalchemy import URL, event, make_url, text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.installation import logs
from app.installation.embedded import EmbeddedPostgres
from app.kernel.clock import FixedClock
from app.kernel.db import Database, sealed_with
from app.main import create_app
from app.settings import Settings, default_data_dir
from tests.contract.recorder import ContractRecorder
from tests.grant_walks import Funding
from tests.journeys import Network
from tests.people.identity.people import People

pytest_plugins = ["tests.contract.exercised", "tests.kernel.probe_tables"]

logs.configure("warning")

ROOT = Path(__file__).parent.parent
SECRET = "a secret key that only tests know, long enough"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lengthy", action="store_true", help="run what takes long, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--lengthy"):
        for item in items:
            if item.get_closest_marker("lengthy"):
                item.add_marker(pytest.mark.skip(reason="takes long: make test-whole"))


class Urls:
    """The test server's addresses, by database name, for the owner and the application's role."""

    def __init__(self, owner: str, app: str) -> None:
        self._owner, self._app = make_url(owner), make_url(app)
        self.role = self._app.username or ""

    def owner(self, database: str) -> str:
        return _rendered(self._owner.set(database=database))

    def app(self, database: str) -> str:
        return _rendered(self._app.set(database=database))

    def admin(self) -> psycopg.Connection:
        url = self._owner.set(drivername="postgresql", database="postgres")
        return psycopg.connect(_rendered(url), autocommit=True)


def _rendered(url: URL) -> str:
    return url.render_as_string(hide_password=False)


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
    folder = default_data_dir() / ("tests-other" if chosen else "tests")
    binaries = Path(chosen) if chosen else None
    with EmbeddedPostgres(folder, fast=True, binaries=binaries) as found:
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


def recreate(admin: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Make the database anew, as a copy of `template`."""
    identifier = sql.Identifier(name)
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
    admin.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(identifier, sql.Identifier(template))
    )


def migrate(urls: Urls, database: str, revision: str = "head") -> None:
    """Run the migrations as the owner, and grant to the application's role."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = urls.owner(database)
    config.attributes["application_role"] = urls.role
    command.upgrade(config, revision)


@pytest.fixture(scope="session")
def worker_database(urls: Urls, template: str, worker_id: str) -> str:
    name = f"pln_test_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    return name


@pytest.fixture(scope="session")
def settings(urls: Urls, worker_database: str) -> Settings:
    return settings_for(urls.app(worker_database))


def settings_for(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key=SECRET,
        public_url="http://testserver",
        frontend_url="https://network.example.org",
        idle_transaction_timeout_ms=60_000,  # a busy machine lets a test stand idle
    )


@pytest.fixture
def clock() -> FixedClock:
    """Monday 2 March 2026, nine o'clock in UTC."""
    return FixedClock(START)


class BoundDatabase(Database):
    """Every session and read on one connection, whose outer transaction is never committed."""

    def __init__(self, connection: AsyncConnection, clock: FixedClock) -> None:
        super().__init__(connection.engine, clock, sealed_with(SECRET))
        self._connection = connection
        self.sessions = async_sessionmaker(
            connection,
            expire_on_commit=False,
            info=self.info,
            join_transaction_mode="create_savepoint",
            sync_session_class=CheckingSession,
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        yield self._connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        yield self._connection


class CheckingSession(Session):
    """Releasing a savepoint fires no deferred constraint, so they are fired before each commit."""


@event.listens_for(CheckingSession, "before_commit")
def _fire_deferred_constraints(session: Session) -> None:
    session.flush()
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@pytest.fixture(scope="session")
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = Database.connect(settings, FixedClock(START)).engine
    yield engine
    await engine.dispose()


@pytest.fixture
async def database(engine: AsyncEngine, clock: FixedClock) -> AsyncIterator[Database]:
    """The database of the test, as the application sees it."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield BoundDatabase(connection, clock)
        await outer.rollback()


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
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(
        transport=ContractRecorder(transport), base_url="http://testserver", timeout=60
    )


@pytest.fixture
async def settled(
    urls: Urls, template: str, worker_id: str, clock: FixedClock
) -> AsyncIterator[Database]:
    """A database of the test's own with a pool of twenty, where every commit is real."""
    name = f"pln_settled_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    settings = settings_for(urls.app(name)).model_copy(
        update={"database_pool_size": 20, "database_pool_timeout_seconds": 240.0}
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
