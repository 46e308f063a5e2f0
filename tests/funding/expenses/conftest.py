"""A fund with money, a speaker who claims, and whoever decides and pays."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.kernel.limits import DEFAULTS
from tests.bound import BoundDatabase
from tests.funding.expenses.claiming import Claiming
from tests.journeys import Network


@pytest.fixture
async def claiming(network: Network, database: BoundDatabase) -> Claiming:
    """A speaker who has claimed nothing; accounts are paid to once they are verified."""
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await Claiming.begin(network)
