"""The databases that are measured, on a PostgreSQL of their own that is kept between runs.

`small` is the demonstration and one cohort of fifty; `large` has two thousand cohorts beside it.
"""

import asyncio
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from app.installation import migrations
from app.installation.embedded import EmbeddedPostgres
from app.intake.demo import opening
from app.settings import Settings
from tests.bench.filling import fill
from tests.bound import SECRET

FOLDER: Final = Path(__file__).parent.parent.parent / "build" / "bench"
MIGRATIONS: Final = Path(__file__).parent.parent.parent / "migrations" / "versions"
"""What was filled before the last of them is filled anew."""


@dataclass(frozen=True)
class Size:
    """How much is beside the measured cohort; `activity` is rows of the record a member."""

    name: str
    cohorts: int
    members: int = 10
    activity: int = 50


SMALL: Final = Size("small", cohorts=10)
LARGE: Final = Size("large", cohorts=2_000)


@dataclass(frozen=True)
class Ground:
    """A server with its databases, until it is stopped."""

    folder: Path
    _owner: str
    _app: str
    _superuser: str

    @property
    def postmaster(self) -> int:
        """The process id of the server."""
        found = next(self.folder.glob("pgdata-*/postmaster.pid"))
        return int(found.read_text().split("\n", 1)[0])

    def owner(self, database: str) -> str:
        return _at(self._owner, database)

    def app(self, database: str) -> str:
        return _at(self._app, database)

    def superuser(self, database: str) -> str:
        """For psycopg itself."""
        return _at(self._superuser, database)


@contextmanager
def ground(*sizes: Size, anew: bool) -> Iterator[Ground]:
    """The server, with the databases of these sizes filled where they are not yet."""
    release = max(one.name for one in MIGRATIONS.glob("*.py"))
    made_for = FOLDER / "made_for"
    if anew or not made_for.exists() or made_for.read_text() != release:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        made_for.write_text(release)
    server = EmbeddedPostgres(FOLDER, fast=True)
    if not (FOLDER / "counts_statements").exists():
        with server:
            _count_statements(_superuser())
        (FOLDER / "counts_statements").touch()
    with server as urls:
        found = Ground(FOLDER, urls.owner, urls.app, _superuser())
        _make_demonstration(found)
        for size in sizes:
            _make(found, size)
        yield found


def _superuser() -> str:
    access = json.loads(next(FOLDER.glob("postgres-*.json")).read_text())
    return f"postgresql://postgres:{access['superuser']}@127.0.0.1:{access['port']}/postgres"


def _count_statements(superuser: str) -> None:
    """What counts statements is loaded when the server starts: the next time."""
    with psycopg.connect(superuser, autocommit=True) as db:
        db.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")


def _make_demonstration(found: Ground) -> None:
    if _exists(found, "demonstration"):
        return
    _create(found, "replayed", "template1")
    owner, app = found.owner("replayed"), found.app("replayed")
    migrations.upgrade(owner, app)
    settings = Settings(database_url=app, secret_key=SECRET)  # pyright: ignore[reportArgumentType]
    asyncio.run(opening.open_demonstration(settings, print))
    _rename(found, "replayed", "demonstration")


def _make(found: Ground, size: Size) -> None:
    if _exists(found, size.name):
        return
    print(f"Filling {size.name}: {size.cohorts} cohorts", flush=True)
    _create(found, "filled", "demonstration")
    superuser = found.superuser("filled")
    fill(superuser, cohorts=size.cohorts, members=size.members, activity=size.activity)
    with psycopg.connect(superuser, autocommit=True) as db:
        db.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    _rename(found, "filled", size.name)


def _exists(found: Ground, name: str) -> bool:
    with psycopg.connect(found.superuser("postgres")) as db:
        statement = "SELECT 1 FROM pg_database WHERE datname = %s"
        return db.execute(statement, [name]).fetchone() is not None


def _create(found: Ground, name: str, template: str) -> None:
    owner = make_url(found.owner("postgres")).username or ""
    with psycopg.connect(found.superuser("postgres"), autocommit=True) as db:
        named = sql.Identifier(name)
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        db.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                named, sql.Identifier(template), sql.Identifier(owner)
            )
        )


def _rename(found: Ground, name: str, to: str) -> None:
    """The last step of making one: what was cut off is made anew."""
    with psycopg.connect(found.superuser("postgres"), autocommit=True) as db:
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        db.execute(statement.format(sql.Identifier(name), sql.Identifier(to)))


def _at(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)
