"""A fund and whoever keeps its ledger."""

import pytest

from tests.funding.funds.ledgers import Ledgers
from tests.journeys import Network


@pytest.fixture
async def ledgers(network: Network) -> Ledgers:
    """A fund of up to 120,000 pounds of which nothing came yet."""
    return await Ledgers.begin(network)
