"""What tests of frameworks begin with."""

import pytest

from tests.journeys import Network
from tests.learning.trust.askings import Asking
from tests.learning.trust.framing import Framing


@pytest.fixture
async def framing(network: Network) -> Framing:
    """A programme with who draws frameworks up for it, and who publishes them."""
    return await Framing.begin(network)


@pytest.fixture
async def asking(network: Network) -> Asking:
    """A cohort with two members, and who runs its rounds."""
    return await Asking.begin(network)
