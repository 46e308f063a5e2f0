import httpx
import pytest

from tests.identity.people import People
from tests.journeys import Network


@pytest.fixture
async def network(client: httpx.AsyncClient, people: People) -> Network:
    return await Network.begin(client, people)
