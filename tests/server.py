"""The PostgreSQL of a run of the tests: its addresses, and the databases that are made on it."""

import hashlib
import os
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.settings import Settings, default_data_dir
from tests.bound import SECRET

ROOT = Path(__file__).parent.parent
ROOM = 4 * 2**30
"""How much memory must be free for data to lie there: a database takes some 12 MB."""


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
        return self.connect("postgres")

    def connect(self, database: str) -> psycopg.Connection:
        """A connection of the owner's, each of whose statements is committed."""
        url = self._owner.set(drivername="postgresql", database=database)
        return psycopg.connect(_rendered(url), autocommit=True)


def _rendered(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def folder() -> Path:
    """Where the data of the embedded server lie: in memory where there is room, since a copy of a
    database is a thousand files; else with the service's own."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        return default_data_dir()
    found = os.statvfs(memory)
    if found.f_flag & os.ST_NOEXEC or found.f_bavail * found.f_frsize < ROOM:
        return default_data_dir()
    digest = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return memory / f"pln-{os.geteuid()}-{digest}"


def settings_for(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        secret_key=SECRET,
        public_url="http://testserver",
        frontend_url="https://network.example.org",
        idle_transaction_timeout_ms=60_000,  # a busy machine lets a test stand idle
    )


def recreate(admin: psycopg.Connection, name: str, template: str = "template1") -> None:
    """Make the database anew, as a copy of `template`."""
    drop(admin, name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
    admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def migrate(urls: Urls, database: str, revision: str = "head") -> None:
    """Run the migrations as the owner, and grant to the application's role."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = urls.owner(database)
    config.attributes["application_role"] = urls.role
    command.upgrade(config, revision)


SETTLED = """
ALTER TABLE activity DISABLE TRIGGER activity_append_only;
UPDATE activity SET transaction_id = 1;
ALTER TABLE activity ENABLE TRIGGER activity_append_only;
"""
"""What was committed after any transaction began that still runs, also a test's of another worker
in another database, is held back from the feed: activity of long ago is not."""


class WorldServer:
    """Where worlds are kept. All are spoken to by one engine, so that what SQLAlchemy has written
    as SQL for one of them it knows in each."""

    def __init__(self, urls: Urls) -> None:
        self._urls = urls
        settings = settings_for(urls.app("postgres"))
        settings = settings.model_copy(update={"database_pool_size": 100})
        self._engine = Database.connect(settings, SystemClock()).engine
        self._wanted = ""
        event.listen(self._engine.sync_engine, "do_connect", self._go_where_wanted)

    def _go_where_wanted(self, _dialect: object, _record: object, _args: object, to: Any) -> None:
        to["dbname"] = self._wanted

    def copy(self, name: str, template: str) -> None:
        with self._urls.admin() as admin:
            recreate(admin, name, template)

    def settle(self, name: str) -> None:
        with self._urls.connect(name) as owner:
            owner.execute(SETTLED)

    def drop(self, name: str) -> None:
        with self._urls.admin() as admin:
            drop(admin, name)

    async def open(self, name: str) -> AsyncConnection:
        """A new connection: none is given back but invalid."""
        self._wanted = name
        return await self._engine.connect()
