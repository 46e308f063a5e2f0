import pytest

from app.kernel.db import Database
from app.settings import Settings
from tests.files.uploading import Uploader
from tests.identity.people import People, Person


@pytest.fixture
def people(database: Database, settings: Settings) -> People:
    return People(database, settings)


@pytest.fixture
async def ada(people: People) -> Person:
    """Somebody with an account and no role at all."""
    return await people.person("Ada Lovelace")


@pytest.fixture
def adas(client, ada: Person) -> Uploader:
    """Ada's way of uploading."""
    return Uploader(client, ada)
