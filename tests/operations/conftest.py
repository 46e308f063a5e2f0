import pytest

from app.kernel.db import Database
from app.settings import Settings
from tests.identity.people import People


@pytest.fixture
def people(database: Database, settings: Settings) -> People:
    return People(database, settings)
