"""What tests of trust begin with."""

import pytest

from app.kernel.db import Database
from app.settings import Settings
from tests.journeys import Network
from tests.learning.trust.askings import Asking
from tests.learning.trust.framing import Framing
from tests.learning.trust.resulting import Resulting


@pytest.fixture
async def framing(network: Network) -> Framing:
    """A programme with who draws frameworks up for it, and who publishes them."""
    return await Framing.begin(network)


@pytest.fixture
async def resulting(network: Network, database: Database, settings: Settings) -> Resulting:
    """A cohort with three members, and a framework by which they are asked."""
    return (await Resulting.begin(network)).working(database, settings)


@pytest.fixture
async def asking(network: Network) -> Asking:
    """A cohort with two members, and who runs its rounds."""
    return await Asking.begin(network)
