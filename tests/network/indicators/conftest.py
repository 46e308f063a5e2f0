"""What tests of indicators begin with."""

import pytest

from tests.journeys import Network
from tests.network.indicators.outcomes import Outcomes


@pytest.fixture
async def outcomes(network: Network) -> Outcomes:
    """A running cohort with two active members."""
    return await Outcomes.begin(network)
