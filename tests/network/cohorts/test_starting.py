"""A cohort that starts by itself is started by the clock on its planned day, where it is."""

from datetime import UTC, datetime, timedelta

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.starts.service import start_due
from tests.journeys import Network


async def test_on_the_planned_day_of_its_zone(
    network: Network, clock: FixedClock, database: Database
) -> None:
    cohort = await network.cohort(
        "confirmed", starts_automatically=True, timezone="America/New_York", announced_capacity=2
    )
    await network.membership(cohort, await network.team(1), "active")
    clock.set(datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC))
    assert await start_due(database, clock) == 0, "it is still March in New York"
    clock.advance(timedelta(seconds=1))
    assert await start_due(database, clock) == 1
    assert await start_due(database, clock) == 0
    started = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}")
    assert (started["status"], started["started_at"], started["retention_denominator"]) == (
        "running",
        "2026-04-01T04:00:00.000000Z",
        1,
    )
    history = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/history")
    assert [(row["verb"], row["account_id"]) for row in history["items"][-1:]] == [
        ("cohort.started", None)
    ]


async def test_others_wait_for_somebody(
    network: Network, clock: FixedClock, database: Database
) -> None:
    """Those that were not asked to start by themselves, and those that are not confirmed."""
    by_hand = await network.cohort("confirmed")
    early = await network.cohort("selecting", reference="PLN-C2", starts_automatically=True)
    clock.set(datetime(2026, 4, 2, 9, 0, tzinfo=UTC))
    assert await start_due(database, clock) == 0
    for cohort, status in ((by_hand, "confirmed"), (early, "selecting")):
        seen = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}")
        assert seen["status"] == status
    path = f"/v1/cohorts/{by_hand['id']}"
    headers = {**await network.headers(network.coordinator), "If-Match": "*"}
    asked = await network.client.patch(path, json={"starts_automatically": True}, headers=headers)
    assert asked.json()["starts_automatically"] is True
    assert await start_due(database, clock) == 1
