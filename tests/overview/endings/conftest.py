"""What the lives of this folder begin with."""

import pytest

from tests.bound import BoundDatabase
from tests.journeys import Network
from tests.overview.endings.cohorts import Life


@pytest.fixture
async def life(network: Network, database: BoundDatabase) -> Life:
    """Mail is on once all of them are there."""
    life = await Life.begin(network)
    life.network.people.database.info["has_mail"] = True
    return life
