"""What tests of frameworks begin with."""

import pytest

from tests.journeys import Network
from tests.learning.trust.framing import Framing


@pytest.fixture
async def framing(network: Network) -> Framing:
    """A programme with who draws frameworks up for it, and who publishes them."""
    return await Framing.begin(network)
