"""The days of a member are those of where it reads the clock, those of a cohort its own."""

from datetime import datetime

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.network.cohorts.starts.service import start_due
from tests.answers import refused
from tests.journeys import Json, Network, Team
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight

LEAVE = {"reason": "Parental leave.", "returns_on": NEXT_DAY}


async def member(network: Network, zone: str, status: str = "active") -> tuple[Team, Json]:
    cohort, team = await network.cohort("running"), await network.team()
    return team, await network.membership(cohort, team, status, timezone=zone)


async def work(network: Network, team: Team) -> list[tuple[str, bool]]:
    """What waits for the coordinator and for the lead about the team, and whether it is overdue."""
    found: list[tuple[str, bool]] = []
    for who in (network.coordinator, team.lead):
        page = await network.seen(who, "/me/work?limit=200")
        found += [
            (item["kind"], item["is_overdue"])
            for item in page["items"]
            if item["subject"]["reference"] == team.ref["reference"]
        ]
    return found


@each_midnight
async def test_a_task_is_overdue_when_its_day_is_over(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    path = f"/cohorts/{cohort['id']}/requirements"
    await network.done(network.coordinator, path, asked | {"offset_days": 0})
    membership = await network.membership(cohort, team, "onboarding", timezone=zone)
    page = await network.seen(team.lead, f"/memberships/{membership['id']}/tasks")
    task = f"/tasks/{page['items'][0]['id']}"
    edit = {"due_on": LAST_DAY}
    headers = {**network.coordinator.headers, "If-Match": "*"}
    await network.client.patch(f"/v1{task}", json=edit, headers=headers)

    async def told() -> tuple[bool, list[tuple[str, bool]]]:
        return (await network.seen(team.lead, task))["is_overdue"], await work(network, team)

    clock.set(midnight - INSTANT_BEFORE)
    onboarding = ("activate_membership", False)
    assert await told() == (False, [onboarding, ("meet_task", False)])
    clock.set(midnight)
    assert await told() == (True, [onboarding, ("meet_task", True)])


@each_midnight
async def test_a_task_counts_from_the_day_of_acceptance(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    cohort = await network.cohort("running")
    asked = {"stage": "onboarding", "key": "survey", "title": "Survey", "anchor": "accepted"}
    path = f"/cohorts/{cohort['id']}/requirements"
    await network.done(network.coordinator, path, asked | {"offset_days": 0})
    due: list[str] = []
    for number, at in enumerate((midnight - INSTANT_BEFORE, midnight)):
        clock.set(at)
        team = await network.team(number)
        membership = await network.membership(cohort, team, "onboarding", timezone=zone)
        page = await network.seen(team.lead, f"/memberships/{membership['id']}/tasks")
        due += [task["due_on"] for task in page["items"]]

    assert due == [LAST_DAY, NEXT_DAY]


@each_midnight
async def test_leave_ends_on_a_day_that_is_still_to_come(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    team, membership = await member(network, zone)
    path = f"/memberships/{membership['id']}/pause-requests"

    clock.set(midnight - INSTANT_BEFORE)
    request = await network.done(team.lead, path, LEAVE)
    asked = ("await_pause_decision", False)
    assert await work(network, team) == [("decide_pause_request", False), asked]

    clock.set(midnight)
    late = await network.client.post(
        f"/v1/pause-requests/{request['id']}/agree",
        headers=await network.headers(network.coordinator),
    )
    past = {"pointer": "/returns_on", "code": "in_the_past", "detail": "Must be still to come."}
    assert refused(late, "validation_failed", 422, errors=[past])
    assert await work(network, team) == [asked], "what cannot be agreed to waits for nobody else"


@each_midnight
async def test_who_is_on_leave_is_back_on_the_day(
    network: Network, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    team, membership = await member(network, zone)
    await network.done(network.coordinator, f"/memberships/{membership['id']}/pause", LEAVE)

    clock.set(midnight - INSTANT_BEFORE)
    assert await work(network, team) == [("resume_membership", False)]
    clock.set(midnight)
    assert await work(network, team) == [("resume_membership", True)]


@each_midnight
async def test_a_cohort_starts_by_itself_on_its_day(
    network: Network, database: Database, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    planned = {"planned_start_on": NEXT_DAY, "planned_end_on": "2026-12-18"}
    cohort = await network.cohort(
        "confirmed", starts_automatically=True, timezone=zone, announced_capacity=2, **planned
    )
    await network.membership(cohort, await network.team(1), "active")

    clock.set(midnight - INSTANT_BEFORE)
    assert await start_due(database, clock) == 0
    clock.set(midnight)
    assert await start_due(database, clock) == 1
