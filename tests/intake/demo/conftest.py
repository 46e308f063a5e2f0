"""The demonstration is played once a run: most tests begin with a copy of what was left."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from psycopg import sql

from app.intake.demo.opening import open_demonstration
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.main import create_app
from app.settings import Settings
from tests.conftest import client_of
from tests.server import Urls, recreate, settings_for

PLAYED = "pln_demonstration"
OF_WHICH_RUN = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


def silent(_line: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="session")
def played(urls: Urls, template: str, testrun_uid: str) -> str:
    """A database in which it was played, by whichever worker came first."""
    with urls.admin() as admin:
        admin.execute("SELECT pg_advisory_lock(7023)")
        if admin.execute(OF_WHICH_RUN, [PLAYED]).fetchone() != (testrun_uid,):
            recreate(admin, PLAYED, template)
            asyncio.run(open_demonstration(settings_for(urls.app(PLAYED)), silent))
            admin.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(PLAYED), sql.Literal(testrun_uid)
                )
            )
    return PLAYED


@pytest.fixture
def copy(urls: Urls, played: str, worker_id: str) -> str:
    """A copy of the test's own."""
    name = f"{played}_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, played)
    return name


@pytest.fixture
def copy_settings(urls: Urls, copy: str) -> Settings:
    return settings_for(urls.app(copy))


@pytest.fixture
async def demonstration(copy_settings: Settings, clock: FixedClock) -> AsyncIterator[Database]:
    """The copy, where every commit is real."""
    database = Database.connect(copy_settings, clock)
    yield database
    await database.dispose()


@pytest.fixture
async def demonstration_client(
    demonstration: Database, settings: Settings
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the copy."""
    app = create_app(settings, clock=demonstration.clock, database=demonstration)
    async with client_of(app) as client:
        yield client
