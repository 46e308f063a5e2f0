from collections.abc import AsyncIterator, Mapping

import psycopg
import pytest

from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.settings import Settings
from tests.bound import SECRET
from tests.crash.processes import Api, Nursery, nursery
from tests.people.identity.people import People
from tests.server import Urls, recreate


@pytest.fixture(scope="session")
async def bearing() -> AsyncIterator[Nursery]:
    async with nursery() as found:
        yield found


@pytest.fixture(scope="session")
def lasting_name(urls: Urls, template: str, worker_id: str) -> str:
    """A database that other processes use, with a table for the effects of the worker's."""
    name = f"pln_crash_{worker_id}"
    with urls.admin() as admin:
        recreate(admin, name, template)
    with psycopg.connect(urls.owner(name).replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("CREATE TABLE effects (operation_id uuid NOT NULL, attempt int NOT NULL)")
        owner.execute("GRANT SELECT, INSERT ON effects TO PUBLIC")
    return name


@pytest.fixture
def environment(urls: Urls, lasting_name: str, settings: Settings) -> Mapping[str, str]:
    """What the processes of the test are told."""
    return {
        "PLN_DATABASE_URL": urls.app(lasting_name),
        "PLN_SECRET_KEY": SECRET,
        "PLN_PUBLIC_URL": settings.public_url,
        "PLN_LOG_LEVEL": "error",
    }


@pytest.fixture
async def lasting(urls: Urls, lasting_name: str, settings: Settings) -> AsyncIterator[Database]:
    """The database of those processes, by the clock on the wall, as theirs is."""
    own = settings.model_copy(update={"database_url": urls.app(lasting_name)})
    database = Database.connect(own, SystemClock())
    yield database
    await database.dispose()


@pytest.fixture
def lasting_people(lasting: Database, settings: Settings) -> People:
    return People(lasting, settings)


@pytest.fixture
async def api(bearing: Nursery, environment: Mapping[str, str]) -> AsyncIterator[Api]:
    """The application as it is, which dies when a request asks it to."""
    api = await Api.begin(bearing, environment, "sound")
    yield api
    await api.end()


@pytest.fixture
async def forgetful_api(bearing: Nursery, environment: Mapping[str, str]) -> AsyncIterator[Api]:
    """The planted fault: an API that acknowledges bytes first and stores them later."""
    api = await Api.begin(bearing, environment, "forgetful")
    yield api
    await api.end()
