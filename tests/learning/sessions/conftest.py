"""What tests of learning sessions begin with."""

import pytest

from tests.journeys import Network
from tests.learning.sessions.meetings import Meetings


@pytest.fixture
async def meetings(network: Network) -> Meetings:
    """A cohort that runs, with a member, and somebody who leads its sessions."""
    return await Meetings.begin(network)
