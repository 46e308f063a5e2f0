from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from tests.kernel.probes import add_settled_table, add_table, crowded
from tests.server import Urls


@pytest.fixture
async def probes(db: AsyncSession) -> AsyncIterator[None]:
    """The probes' table, for this test's transaction, and whoever may do things to them."""
    await add_table(db)
    await db.commit()
    with crowded():
        yield


@pytest.fixture
def settled_probes(settled: Database, urls: Urls) -> Iterator[None]:
    """The probes' table in the test's own database, and whoever may do things to them."""
    add_settled_table(settled, urls)
    with crowded():
        yield
