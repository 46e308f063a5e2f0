"""A fund whose grants can be told everybody."""

import pytest

from tests.funding.funds.ledgers import Ledgers
from tests.journeys import Network
from tests.publishing.giving.publishing import Publishing


@pytest.fixture
async def publishing(network: Network) -> Publishing:
    return Publishing(await Ledgers.begin(network))
