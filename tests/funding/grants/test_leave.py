"""Leave of a member: due dates move by its length where that was agreed, nothing is due meanwhile,
and what fell due is due on the day of return."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from app.kernel.clock import FixedClock
from app.network.cohorts.pauses.shifting import Leave, moved_when_it_begins, moved_when_it_ends
from app.overview.desk.reminders.service import remind
from tests.answers import refused, where
from tests.bound import BoundDatabase
from tests.grant_walks import Funding, milestone
from tests.journeys import Json, Network

ASKED = {
    "stage": "completion",
    "key": "talk",
    "title": "Give a talk",
    "anchor": "planned_start",
    "offset_days": -15,
}
LEAVE = {"reason": "Parental leave.", "returns_on": "2026-04-01"}


async def active(network: Network) -> Funding:
    """A member that takes part, with a task due on 17 March and milestones due on 15 March and at
    the end of the grant's period."""
    cohort, team = await network.cohort("running"), await network.team()
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", ASKED)
    membership = await network.membership(cohort, team, "active")
    funding = Funding(network, team, cohort, membership)
    first = milestone("A first map", 800_000, "2026-03-15", is_parallel=True)
    last = milestone("Final report", 1_200_000, "2026-08-31", is_parallel=True)
    await funding.grant("active", milestones=[first, last])
    return funding


async def move(funding: Funding, name: str, body: Json | None = None) -> Json:
    path = f"/memberships/{funding.membership['id']}/{name}"
    return await funding.network.done(funding.coordinator, path, body)


async def due(funding: Funding) -> list[str]:
    """When the task and the milestones are due."""
    network = funding.network
    path = f"/memberships/{funding.membership['id']}/tasks"
    tasks = (await network.seen(funding.coordinator, path))["items"]
    milestones = (await network.seen(funding.coordinator, "/milestones"))["items"]
    return [one["due_on"] for one in (*tasks, *milestones)]


async def asked_of(funding: Funding) -> Sequence[str]:
    page = await funding.network.seen(funding.lead, "/me/work?limit=200")
    return [item["kind"] for item in page["items"]]


async def test_where_it_was_agreed_due_dates_move_by_its_length(
    network: Network, database: BoundDatabase, clock: FixedClock
) -> None:
    """A member is on leave for 31 days, and its milestone was due on 15 March."""
    funding = await active(network)
    assert await due(funding) == ["2026-03-17", "2026-03-15", "2026-08-31"]
    database.info["has_mail"] = True
    month = {**LEAVE, "returns_on": "2026-04-02", "moves_due_dates": True}
    paused = await move(funding, "pause", month)
    assert paused["pauses"][-1]["moves_due_dates"] is True

    assert await due(funding) == ["2026-04-17", "2026-04-15", "2026-08-31"]
    clock.set(datetime(2026, 3, 15, 23, 59, tzinfo=UTC))
    assert await remind(database, clock) == 0
    assert await asked_of(funding) == []
    clock.set(datetime(2026, 4, 2, 9, tzinfo=UTC))
    await move(funding, "resume")
    assert await due(funding) == ["2026-04-17", "2026-04-15", "2026-08-31"]
    assert await asked_of(funding) == ["report_milestone", "meet_task", "report_milestone"]
    one = (await network.seen(funding.lead, "/milestones"))["items"][0]
    history = await network.seen(funding.lead, f"/milestones/{one['id']}/history")
    assert history["items"][-1]["verb"] == "milestone.moved_by_leave"
    detail = history["items"][-1]["detail"]
    assert (detail["from"], detail["to"]) == ("2026-03-15", "2026-04-15")


async def test_where_it_was_not_agreed_what_fell_due_is_due_on_the_day_of_return(
    network: Network, database: BoundDatabase, clock: FixedClock
) -> None:
    funding = await active(network)
    database.info["has_mail"] = True
    await move(funding, "pause", LEAVE)
    clock.set(datetime(2026, 3, 20, 9, tzinfo=UTC))
    assert await due(funding) == ["2026-03-17", "2026-03-15", "2026-08-31"]
    assert await remind(database, clock) == 0
    assert await asked_of(funding) == []
    standing = await network.seen(funding.coordinator, "/milestones?standing=overdue")
    tasks = await network.seen(funding.coordinator, "/tasks")
    milestones = await network.seen(funding.coordinator, "/milestones")
    flags = [one["is_overdue"] for one in (*tasks["items"], *milestones["items"])]
    assert (standing["items"], flags) == ([], [False, False, False])
    clock.set(datetime(2026, 4, 1, 9, tzinfo=UTC))
    await move(funding, "resume")
    assert await due(funding) == ["2026-04-01", "2026-04-01", "2026-08-31"]


async def test_an_early_return_takes_unused_days_back(network: Network, clock: FixedClock) -> None:
    funding = await active(network)
    await move(funding, "pause", {**LEAVE, "moves_due_dates": True})
    assert await due(funding) == ["2026-04-16", "2026-04-14", "2026-08-31"]
    clock.set(datetime(2026, 3, 12, 9, tzinfo=UTC))
    await move(funding, "resume")
    assert await due(funding) == ["2026-03-27", "2026-03-25", "2026-08-31"]


async def test_what_is_due_outside_of_the_period_is_not_agreed(funding: Funding) -> None:
    late = [
        milestone("Early", 800_000, "2026-02-28"),
        milestone("In time", 0, "2026-03-01"),
        milestone("To the day", 0, "2026-08-31"),
        milestone("Late", 1_200_000, "2026-09-01"),
    ]
    grant = await funding.checked(await funding.grant(milestones=late))
    path = f"/grants/{grant['id']}/offer"
    refusal = await funding.call(funding.coordinator, "POST", path)
    detail = "Due outside of the grant's period: Early; Late."
    unmet = [{"code": "milestones_outside", "detail": detail, **where("Early", "Late")}]
    assert refused(refusal, "guards_unmet", 409, unmet=unmet)


BEGAN, BACK = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("due_on", "moves", "moved"),
    [
        (date(2026, 2, 28), True, date(2026, 2, 28)),
        (BEGAN, True, BACK),
        (date(2026, 3, 15), True, date(2026, 4, 15)),
        (date(2026, 3, 15), False, date(2026, 3, 15)),
    ],
)
def test_when_it_begins(due_on: date, moves: bool, moved: date) -> None:
    assert moved_when_it_begins(due_on, Leave(BEGAN, BACK, moves)) == moved


@pytest.mark.parametrize(
    ("due_on", "was_moved", "back_on", "moved"),
    [
        (date(2026, 2, 28), False, BACK, date(2026, 2, 28)),
        (BEGAN, False, BACK, BACK),
        (BACK - timedelta(days=1), False, BACK, BACK),
        (BACK, False, BACK, BACK),
        (date(2026, 4, 15), True, BACK, date(2026, 4, 15)),
        (date(2026, 4, 15), True, date(2026, 3, 11), date(2026, 3, 25)),
        (date(2026, 4, 15), True, date(2026, 4, 8), date(2026, 4, 22)),
        (BACK, True, BEGAN, BEGAN),
    ],
)
def test_when_it_ends(due_on: date, was_moved: bool, back_on: date, moved: date) -> None:
    leave = Leave(BEGAN, BACK, moves_due_dates=True)
    assert moved_when_it_ends(due_on, leave, back_on, was_moved=was_moved) == moved
