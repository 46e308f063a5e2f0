import pytest

from app.kernel.db import Database
from app.settings import Settings
from tests.people.identity.people import People


@pytest.fixture
def people(database: Database, settings: Settings) -> People:
    return People(database, settings)


@pytest.fixture
def settled_people(settled: Database, settings: Settings) -> People:
    return People(settled, settings)
