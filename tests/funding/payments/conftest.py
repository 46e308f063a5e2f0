"""A grant in force, and whoever pays it; accounts are paid to once they are verified."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.kernel.limits import DEFAULTS
from tests.bound import BoundDatabase
from tests.funding.payments.paying import Paying
from tests.journeys import Network


@pytest.fixture
async def paying(network: Network, database: BoundDatabase) -> Paying:
    """A grant of 20,000 pounds in force, of which nothing was earned."""
    database.info["limits"] = replace(DEFAULTS, payee_account_cooling_off=timedelta())
    return await Paying.begin(network)
