import httpx
import pytest

from app.kernel.db import Database
from app.settings import Settings
from tests.identity.people import People
from tests.journeys import Network


@pytest.fixture
def people(database: Database, settings: Settings) -> People:
    return People(database, settings)


@pytest.fixture
async def network(client: httpx.AsyncClient, people: People) -> Network:
    return await Network.begin(client, people)
