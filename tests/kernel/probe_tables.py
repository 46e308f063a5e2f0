import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from tests.kernel.probes import add_settled_table, add_table
from tests.server import Urls


@pytest.fixture
async def probes(db: AsyncSession) -> None:
    """The probes' table, for this test's transaction."""
    await add_table(db)
    await db.commit()


@pytest.fixture
def settled_probes(settled: Database, urls: Urls) -> None:
    """The probes' table in the test's own database."""
    add_settled_table(settled, urls)
