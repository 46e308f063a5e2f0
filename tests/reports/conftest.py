import httpx
import pytest

from tests.funding import Funding
from tests.identity.people import People
from tests.journeys import Network


@pytest.fixture
async def funding(client: httpx.AsyncClient, people: People) -> Funding:
    return await Funding.begin(await Network.begin(client, people))
