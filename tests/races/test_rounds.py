"""A round of the clock leaves alone what another holds, and comes to the rest without waiting."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from app.kernel.clock import Clock, FixedClock
from app.kernel.db import Database
from app.network.cohorts.announcements.models import Announcement
from app.network.cohorts.announcements.service import send_due
from app.network.cohorts.memberships.places import settle_overdue
from app.network.cohorts.models import Cohort
from app.network.cohorts.starts.service import start_due
from tests.journeys import Network
from tests.people.identity.people import People

Round = Callable[[Database, Clock], Awaitable[int]]
Arrange = Callable[[Network, int], Awaitable[tuple[Any, str]]]


async def an_offer(network: Network, number: int) -> tuple[type[Cohort], str]:
    cohort = await network.cohort("recruiting", reference=f"C{number}")
    await network.membership(cohort, await network.team(number))
    return Cohort, cohort["id"]


async def a_start(network: Network, number: int) -> tuple[type[Cohort], str]:
    cohort = await network.cohort("selecting", reference=f"C{number}", starts_automatically=True)
    await network.membership(cohort, await network.team(number), "accepted")
    await network.walk_cohort(cohort, "confirmed")
    return Cohort, cohort["id"]


async def an_announcement(network: Network, number: int) -> tuple[type[Announcement], str]:
    cohort = await network.cohort("selecting", reference=f"C{number}")
    membership = await network.membership(cohort, await network.team(number), "accepted")
    await network.walk_cohort(cohort, "confirmed")
    for step in ("onboard", "activate"):
        await network.done(network.coordinator, f"/memberships/{membership['id']}/{step}")
    draft = await network.done(
        network.coordinator,
        f"/cohorts/{cohort['id']}/announcements",
        {"title": "An hour later", "body": "We meet at eleven."},
    )
    when = {"publish_at": "2026-03-03T08:00:00Z"}
    await network.done(network.coordinator, f"/announcements/{draft['id']}/schedule", when)
    return Announcement, draft["id"]


@pytest.mark.parametrize(
    ("arrange", "run"),
    [(an_offer, settle_overdue), (a_start, start_due), (an_announcement, send_due)],
    ids=["offers", "starts", "announcements"],
)
async def test_what_another_holds_is_left_for_the_next_round(
    settled: Database,
    settled_client: httpx.AsyncClient,
    settled_people: People,
    clock: FixedClock,
    arrange: Arrange,
    run: Round,
) -> None:
    network = await Network.begin(settled_client, settled_people)
    model, held_id = await arrange(network, 1)
    await arrange(network, 2)
    clock.set(datetime(2026, 4, 2, 12, 0, tzinfo=UTC))
    with capture_logs() as logged:
        async with settled.transaction() as long:
            held = select(model).where(model.id == UUID(held_id))
            await long.scalar(held.with_for_update(key_share=True))
            assert await run(settled, clock) == 1
        assert await run(settled, clock) == 1
        clock.advance(timedelta(minutes=5))
        assert await run(settled, clock) == 0
    assert [line["event"] for line in logged] == []
