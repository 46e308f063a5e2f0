"""Times of a cohort's sessions over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.kernel.clock import FixedClock
from app.learning.sessions.exact_series import is_installed
from app.learning.sessions.wall_clocks import on_the_wall
from tests.answers import refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.test_fair_series import FIRST_COHORT


def path(cohort: Json) -> str:
    return f"/cohorts/{cohort['id']}/session-times"


async def first_cohort(network: Network) -> tuple[Json, list[Json]]:
    """The real cohort, each member in its zone."""
    cohort = await network.cohort("recruiting", announced_capacity=6)
    members = [
        await network.membership(cohort, await network.team(n), "accepted", timezone=zone)
        for n, zone in enumerate(FIRST_COHORT)
    ]
    return cohort, members


def sitting(at: datetime, members: list[Json], costs: dict[int, int]) -> Json:
    teams = [
        {
            "membership_id": members[n]["id"],
            "local_start": f"{on_the_wall(at, FIRST_COHORT[n]):%Y-%m-%dT%H:%M}",
            "inconvenience": cost,
        }
        for n, cost in costs.items()
    ]
    starts_at = f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
    return {"starts_at": starts_at, "local_start": f"{at:%Y-%m-%dT%H:%M}", "teams": teams}


def timetable(members: list[Json], weeks: int, sittings: dict[int, dict[int, int]]) -> Json:
    """Every week on Tuesday: the hour of each sitting, and what it costs whom."""
    first = datetime(2021, 1, 5, tzinfo=UTC)
    each = {n: cost for costs in sittings.values() for n, cost in costs.items()}
    return {
        "sessions": [
            {
                "sittings": [
                    sitting(first + timedelta(weeks=week, hours=hour), members, costs)
                    for hour, costs in sittings.items()
                ],
                "absent": [],
            }
            for week in range(weeks)
        ],
        "burdens": [
            {
                "membership_id": one["id"],
                "collaboration": one["collaboration"],
                "timezone": FIRST_COHORT[n],
                "carried_over": 0,
                "burden": weeks * each[n],
            }
            for n, one in enumerate(members)
        ],
        "worst": weeks * max(each.values()),
        "total": weeks * sum(each.values()),
        "absence_count": 0,
    }


CANDIDATES = [
    {
        "starts_at": f"2021-01-05T{at}:00.000000Z",
        "local_start": f"2021-01-05T{at}",
        "worst": worst,
        "total": total,
        "absence_count": 0,
    }
    for at, worst, total in [
        ("10:00", 3, 6),
        ("10:30", 3, 7),
        ("11:00", 6, 8),
        ("09:00", 6, 9),
        ("12:00", 6, 9),
    ]
]
"""The best of all hours for the first session by itself."""


async def test_the_real_cohort_meets_at_ten_in_utc(network: Network) -> None:
    cohort, members = await first_cohort(network)
    asked = {"first_on": "2021-01-05", "timezone": "UTC", "session_count": 12}
    with statements() as sent:
        found = await network.done(network.coordinator, path(cohort), asked)
    assert found == {
        "timezone": "UTC",
        "duration_minutes": 90,
        "times": timetable(members, 12, {10: {0: 3, 1: 0, 2: 0, 3: 0, 4: 0, 5: 3}}),
        "status": "proved",
        "bound": 36,
        "solver": "highs" if is_installed() else "search",
        "candidates": CANDIDATES,
        "in_two_sittings": timetable(members, 12, {7: {2: 0, 5: 0}, 12: {0: 0, 1: 0, 3: 0, 4: 0}}),
        "reason": (
            "Everybody can come to each session. The worst off bears 36, and all together 72. No "
            "times are better for the worst off, and none as good for them are better for all. In "
            "two sittings the worst off would bear 0, and all together 0."
        ),
    }
    assert not [one for one in sent if not one.startswith(("SELECT", "WITH"))]
    assert len(sent) == 6
    turned = {"teams": [{"membership_id": one["id"]} for one in reversed(members)]}
    again = await network.done(network.coordinator, path(cohort), asked | turned)
    assert again["times"]["burdens"] == found["times"]["burdens"][::-1]
    assert starts(again) == starts(found)


def starts(found: Json) -> list[str]:
    return [one["sittings"][0]["starts_at"] for one in found["times"]["sessions"]]


async def test_what_was_borne_in_held_sessions_is_carried_over(meetings: Meetings) -> None:
    """Los Angeles had the session of the second of March at one in the morning."""
    await meetings.session("held")
    who = meetings.facilitator
    known = await meetings.done(who, "POST", path(meetings.cohort), {"first_on": "2026-03-03"})
    ours = {one["collaboration"]["id"]: one for one in known["times"]["burdens"]}
    member = ours[str(meetings.team.id)]["membership_id"]
    team = {"membership_id": member, "timezone": "US/Pacific"}
    asked = {
        "first_on": "2026-03-03",
        "hours": {"begins": "15:00", "ends": "18:00"},
        "step_minutes": 60,
        "duration_minutes": 60,
        "teams": [
            team
            | {
                "working_hours": {"begins": "08:00", "ends": "16:00"},
                "busy": [{"starts_at": "2026-03-03T16:30:00Z", "ends_at": "2026-03-03T17:00:00Z"}],
            }
        ],
    }
    found = await meetings.done(who, "POST", path(meetings.cohort), asked)
    table = found["times"]
    assert [(one["carried_over"], one["burden"]) for one in table["burdens"]] == [(20, 20)]
    assert table["sessions"][0]["sittings"][0]["local_start"] == "2026-03-03T17:00"
    assert table["sessions"][0]["sittings"][0]["teams"] == [
        {"membership_id": member, "local_start": "2026-03-03T09:00", "inconvenience": 0}
    ]
    whole_day = [{"starts_at": "2026-03-03T00:00:00Z", "ends_at": "2026-03-04T00:00:00Z"}]
    away = asked | {"teams": [team | {"busy": whole_day}]}
    found = await meetings.done(who, "POST", path(meetings.cohort), away)
    assert found["times"]["sessions"][0]["absent"] == [member]
    assert (found["times"]["absence_count"], found["times"]["worst"]) == (1, 20)


async def test_who_joined_later_carries_nothing(meetings: Meetings) -> None:
    await meetings.session("held", local_start="2026-03-02T08:00")
    assert await carried(meetings) == {"UTC": 0}


async def test_who_was_on_leave_carries_nothing(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    """The session of seven in the evening is held while the team is on leave."""
    await meetings.session("scheduled", local_start="2026-03-02T19:00")
    member = await membership_of(meetings)
    leave = {"reason": "Parental leave.", "returns_on": "2026-12-01"}
    await network.done(network.coordinator, f"/memberships/{member}/pause", leave)
    clock.set(datetime(2026, 3, 2, 19, tzinfo=UTC))
    [session] = (await network.seen(network.coordinator, "/learning-sessions"))["items"]
    for move in ("begin", "hold"):
        await meetings.moved(session, move)
    assert await carried(meetings) == {"UTC": 0}
    clock.set(datetime(2026, 3, 2, 20, tzinfo=UTC))
    await network.done(network.coordinator, f"/memberships/{member}/resume")
    assert await carried(meetings) == {"UTC": 0}


async def membership_of(meetings: Meetings) -> str:
    """The id of the team's membership."""
    network = meetings.network
    where = f"/memberships?collaboration_id={meetings.team.id}"
    [member] = (await network.seen(network.coordinator, where))["items"]
    return member["id"]


async def carried(meetings: Meetings) -> dict[str, int]:
    """What the team carries over, by its zone."""
    team = {"membership_id": await membership_of(meetings), "timezone": "UTC"}
    asked = {"first_on": "2026-03-03", "teams": [team]}
    found = await meetings.done(meetings.facilitator, "POST", path(meetings.cohort), asked)
    return {one["timezone"]: one["carried_over"] for one in found["times"]["burdens"]}


@pytest.mark.parametrize(
    ("changes", "pointer", "detail"),
    [
        ({"last_on": "2026-05-19"}, "/last_on", "Must lie within six days after `first_on`."),
        ({"last_on": "2026-05-11"}, "/last_on", "Must lie within six days after `first_on`."),
        (
            {"hours": {"begins": "10:00", "ends": "11:00"}},
            "/hours",
            "Must leave room for a session of this length.",
        ),
        (
            {"last_on": "2026-05-18", "step_minutes": 15, "session_count": 26},
            "/first_on",
            (
                "Ask for fewer days, hours, sessions or teams: at most 30000 times are looked at, "
                "each team's counted."
            ),
        ),
    ],
)
async def test_times_that_cannot_be_looked_for(
    meetings: Meetings, changes: Json, pointer: str, detail: str
) -> None:
    body = {"first_on": "2026-05-12"} | changes
    answer = await meetings.call(meetings.facilitator, "POST", path(meetings.cohort), body)
    fault = {"pointer": pointer, "code": "session_times_unsound", "detail": detail}
    assert refused(answer, "session_times_unsound", 422, errors=[fault])


async def test_teams_that_cannot_be_asked(meetings: Meetings, network: Network) -> None:
    other = await network.cohort("recruiting", reference="PLN-C2", name="Cohort 2")
    stranger = await network.membership(other, await network.team(2), "accepted")
    body: dict[str, Any] = {"first_on": "2026-05-12"}
    who = meetings.facilitator
    found = await meetings.done(who, "POST", path(meetings.cohort), body)
    ours = found["times"]["burdens"][0]["membership_id"]
    at = "2026-05-12T10:00:00Z"
    body["teams"] = [
        {"membership_id": ours},
        {"membership_id": stranger["id"]},
        {"membership_id": ours, "busy": [{"starts_at": at, "ends_at": at}]},
    ]
    answer = await meetings.call(who, "POST", path(meetings.cohort), body)
    said = [
        ("/teams/1/membership_id", "membership_unknown", "Takes no part in this cohort."),
        ("/teams/2/membership_id", "session_times_unsound", "Is named twice."),
        ("/teams/2/busy/0/ends_at", "session_times_unsound", "Must lie after `starts_at`."),
    ]
    faults = [dict(zip(("pointer", "code", "detail"), one, strict=True)) for one in said]
    assert refused(answer, "session_times_unsound", 422, errors=faults)
    body["teams"] = [{"membership_id": ours, "timezone": "Europe/Atlantis"}]
    answer = await meetings.call(who, "POST", path(meetings.cohort), body)
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/teams/0/timezone"]


async def test_no_times_where_nobody_meets(network: Network) -> None:
    body = {"first_on": "2026-05-12"}
    cohort = await network.cohort("recruiting")
    await network.membership(cohort, await network.team(1), "offered")
    headers = await network.headers(network.coordinator)
    answer = await network.client.post(f"/v1{path(cohort)}", json=body, headers=headers)
    assert refused(answer, "nobody_to_meet", 409)
    await network.walk_cohort(cohort, "cancelled")
    answer = await network.client.post(f"/v1{path(cohort)}", json=body, headers=headers)
    assert refused(answer, "cohort_ended", 409)
