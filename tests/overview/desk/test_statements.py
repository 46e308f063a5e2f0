"""What the desk is asked takes as many statements for fifty things as for one."""

from datetime import UTC, datetime

import pytest

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from tests.counting import statements
from tests.grant_walks import Funding, milestone

EIGHT = datetime(2026, 5, 24, 8, 0, tzinfo=UTC)
"""A week before they are due, at eight where the network is."""


@pytest.fixture
async def funding(funding: Funding, database: Database, clock: FixedClock) -> Funding:
    """A grant of fifty milestones of which its lead was reminded."""
    fifty = [
        milestone(f"Part {number}", 40_000, "2026-05-31", is_parallel=True) for number in range(50)
    ]
    await funding.grant("active", milestones=fifty)
    clock.set(EIGHT)
    await remind(database, clock)
    return await funding.later()


@pytest.mark.parametrize(
    ("path", "expected"), [("/me/work", 3), ("/obligations", 3), ("/me/reminders", 4)]
)
async def test_one_ten_and_fifty(funding: Funding, path: str, expected: int) -> None:
    for limit in (1, 10, 50):
        with statements() as sent:
            found = await funding.done(funding.lead, "GET", f"{path}?limit={limit}")
        assert (len(found["items"]), len(sent)) == (limit, expected), sent
