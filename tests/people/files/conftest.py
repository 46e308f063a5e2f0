import pytest

from tests.people.files.uploading import Uploader
from tests.people.identity.people import People, Person


@pytest.fixture
async def ada(people: People) -> Person:
    """Somebody with an account and no role at all."""
    return await people.person("Ada Lovelace")


@pytest.fixture
def adas(client, ada: Person) -> Uploader:
    """Ada's way of uploading."""
    return Uploader(client, ada)
