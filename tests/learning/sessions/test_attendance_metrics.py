"""The metrics of attendance, beside the rates of which they are the sum."""

from random import Random
from typing import Final

import pytest

from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.test_attendance import EXCUSED, Sheet, stay

NOBODY: Final = {"attendance": (None, 0, 0, 0), "attendance_adjusted": (None, 0, 0, 0)}
TIMES: Final = ("08:40", "09:00", "09:20", "09:44", "09:45", "10:15", "10:30", "10:50")
"""Of a session from nine to half past ten: 45 minutes of it are enough."""

Figures = dict[str, tuple[float | None, int, int, int]]


async def figures(meetings: Meetings) -> Figures:
    """(value, numerator, denominator, left out) of each metric of attendance."""
    path = f"/cohorts/{meetings.cohort['id']}/metrics"
    found = (await meetings.done(meetings.coordinator, "GET", path))["metrics"]
    return {
        one["key"]: (one["value"], one["numerator"], one["denominator"], one["excluded_count"])
        for one in found
        if one["key"] in NOBODY
    }


async def rates(meetings: Meetings) -> dict[str, tuple[float | None, int, int]]:
    path = f"/cohorts/{meetings.cohort['id']}/attendance"
    found: Json = (await meetings.done(meetings.coordinator, "GET", path))["organisation"]
    named = {"attendance": found["strict"], "attendance_adjusted": found["adjusted"]}
    return {key: (one["value"], one["numerator"], one["denominator"]) for key, one in named.items()}


async def test_members_are_counted_as_by_hand(meetings: Meetings, network: Network) -> None:
    assert await figures(meetings) == NOBODY
    two, paused = await network.team(2), await network.team(3)
    await network.membership(meetings.cohort, two, "active")
    await network.membership(meetings.cohort, paused, "paused")
    await meetings.session("cancelled", title="Never said to be")
    await meetings.moved(await meetings.session("scheduled", title="Called off"), "cancel")
    sheet = Sheet(meetings, await meetings.session("held"))
    unrecorded = {"attendance": (None, 0, 0, 2), "attendance_adjusted": (None, 0, 0, 0)}
    assert await figures(meetings) == unrecorded, "what was held and not recorded is left out"
    await sheet.add(stay(meetings.team.lead, "09:30", "10:14"))
    assert await figures(meetings) == {
        "attendance": (0.0, 0, 2, 1),
        "attendance_adjusted": (0.0, 0, 2, 0),
    }
    await sheet.add(stay(meetings.team.lead, "10:00", "10:15"))
    assert await figures(meetings) == {
        "attendance": (0.5, 1, 2, 1),
        "attendance_adjusted": (0.5, 1, 2, 0),
    }
    for who in (two.lead, two.member):
        await sheet.say(who, **EXCUSED)
    assert await figures(meetings) == {
        "attendance": (0.5, 1, 2, 1),
        "attendance_adjusted": (1.0, 1, 1, 1),
    }
    await sheet.say(two.member, "contributed_later")
    await sheet.say(meetings.team.lead, "absent")
    assert await figures(meetings) == {
        "attendance": (0.0, 0, 2, 1),
        "attendance_adjusted": (0.0, 0, 2, 0),
    }


@pytest.mark.parametrize("seed", range(2))
async def test_what_is_counted_is_the_sum_of_the_rates(
    meetings: Meetings, network: Network, seed: int
) -> None:
    """Whatever stays there are, apart or not, before and after and for just enough of it."""
    random = Random(seed)
    two = await network.team(2)
    await network.membership(meetings.cohort, two, "active")
    people = (meetings.team.lead, meetings.team.member, two.lead, two.member)
    for number in range(4):
        sheet = Sheet(meetings, await meetings.session("held", title=f"The {number}th"))
        drawn = [sorted(random.sample(TIMES, 2)) for _ in range(5)]
        await sheet.add(*(stay(random.choice(people), *times) for times in drawn))
        verdict = random.choice(("excused", "absent", "attended", "contributed_later"))
        reason = "So it was." if verdict == "excused" else None
        await sheet.say(random.choice(people), verdict, reason)
        counted = {key: one[:3] for key, one in (await figures(meetings)).items()}
        assert counted == await rates(meetings)


async def test_who_polls_is_told_that_somebody_was_there(meetings: Meetings) -> None:
    sheet = Sheet(meetings, await meetings.session("held"))
    path = f"/v1/cohorts/{meetings.cohort['id']}/metrics"
    headers = dict(meetings.coordinator.headers)
    first = await meetings.network.client.get(path, headers=headers)
    headers["If-None-Match"] = first.headers["etag"]
    assert (await meetings.network.client.get(path, headers=headers)).status_code == 304
    await sheet.say(meetings.team.lead, "attended")
    second = await meetings.network.client.get(path, headers=headers)
    assert second.status_code == 200
    assert second.json()["data_as_of"] > first.json()["data_as_of"]
    assert (await figures(meetings))["attendance"] == (1.0, 1, 1, 0)
