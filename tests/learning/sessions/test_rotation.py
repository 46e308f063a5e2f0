"""Who presents, series that are copied, and how sessions are usually spent."""

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import FixedClock
from app.learning.sessions.copies.copying import counted, moved
from app.learning.sessions.presenters.rotation import rotated
from tests.answers import refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings


@given(st.integers(1, 8), st.integers(0, 12), st.integers(0, 20))
def test_each_presents_as_often_as_the_others(count: int, before: int, sessions: int) -> None:
    members = list(range(count))
    presented = rotated(members, [], before)
    line = [*presented, *rotated(members, presented, sessions)]
    assert len(line) == before + sessions
    times = Counter(line)
    assert max(times.values(), default=0) - min(times[one] for one in members) <= 1
    if count > 1:
        assert all(one != two for one, two in pairwise(line))


def test_whoever_joins_later_presents_next() -> None:
    assert rotated([1, 2, 3], [1, 2, 1, 2], 3) == [3, 1, 3]
    assert rotated([1, 2], [3, 1, 1], 2) == [2, 1]


def test_whoever_attends_another_sitting_presents_later() -> None:
    assert rotated([1, 2, 3], [], 4, {0: {1}, 2: {3}}) == [2, 1, 2, 3]
    assert rotated([1, 2], [], 2, {0: {1, 2}}) == [1, 2]


def test_nobody_presents_where_there_is_nobody() -> None:
    assert rotated([], [1], 3) == []


def test_a_copy_ends_after_as_many_and_moves_as_the_first() -> None:
    assert counted("FREQ=WEEKLY;UNTIL=20260601T090000Z", 4) == "FREQ=WEEKLY;COUNT=4"
    assert moved(["2026-03-17T10:00"], "2026-03-16T10:00", "2027-03-15T11:00") == [
        "2027-03-16T11:00"
    ]


def names(told: Json) -> list[str]:
    return [one["collaboration"]["name"] for one in told["presenters"]]


async def test_members_present_in_turn(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    two, three = await network.team(2), await network.team(3)
    second = await network.membership(meetings.cohort, two, "active")
    await network.membership(meetings.cohort, three, "active")
    series = await meetings.series("FREQ=WEEKLY;COUNT=5")
    path = f"/session-series/{series['id']}/presenters"
    lead = meetings.team.lead
    assert await network.seen(lead, path) == {"session_series_id": series["id"], "presenters": []}
    with statements() as sent:
        told = await meetings.done(meetings.facilitator, "POST", path)
    assert len(sent) <= 16
    mine, theirs, last = (one.ref["name"] for one in (meetings.team, two, three))
    assert names(told) == [mine, theirs, last, mine, theirs]
    assert await meetings.done(meetings.facilitator, "POST", path) == told
    assert await network.seen(lead, path) == told
    answer = await meetings.call(lead, "POST", path)
    assert refused(answer, "not_allowed", 403, permission="learning_session.edit")
    first, *_ = await meetings.sessions_of(series)
    await meetings.moved(first, "schedule")
    clock.set(datetime(2026, 3, 16, 10, 0, tzinfo=UTC))
    await meetings.moved(first, "hold")
    leave = {"departure": "capacity", "reason": "Too few hands."}
    await meetings.done(
        meetings.coordinator, "POST", f"/memberships/{second['id']}/withdraw", leave
    )
    assert names(await network.seen(lead, path)) == [mine, last, mine, last, mine]
    history = await network.seen(lead, f"/session-series/{series['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "session_series.created",
        "session_series.presenters_rotated",
        "session_series.presenters_rotated",
    ]


async def test_a_series_is_copied_to_another_cohort(meetings: Meetings, network: Network) -> None:
    agenda = [{"title": "Talk", "minutes": 30}]
    series = await meetings.series(
        "FREQ=WEEKLY;UNTIL=20260330T090000Z",
        agenda=agenda,
        capacity=8,
        link="https://example.org/rooms/1",
        added=["2026-03-18T10:00"],
        left_out=["2026-03-23T10:00"],
    )
    other = await network.cohort(reference="PLN-C2", timezone="America/New_York")
    body = {"cohort_id": other["id"], "local_start": "2026-06-01T09:00"}
    path = f"/session-series/{series['id']}/copy"
    made = await meetings.done(meetings.coordinator, "POST", path, body)
    assert made["cohort"]["id"] == other["id"]
    assert (made["rule"], made["timezone"]) == ("FREQ=WEEKLY;COUNT=3", "America/New_York")
    sessions = await network.seen(
        meetings.coordinator, f"/learning-sessions?series_id={made['id']}"
    )
    assert [
        (one["local_start"], one["status"], one["agenda"], one["capacity"], one["facilitators"])
        for one in sessions["items"]
    ] == [
        (start, "draft", agenda, 8, [])
        for start in ("2026-06-01T09:00", "2026-06-03T09:00", "2026-06-15T09:00")
    ]
    one = f"/learning-sessions/{sessions['items'][0]['id']}/whereabouts"
    assert (await network.seen(meetings.coordinator, one))["link"] is None
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    fault = {
        "pointer": "/cohort_id",
        "code": "cohort_unknown",
        "detail": "The request names a cohort that there is not, or that you may not see.",
    }
    assert refused(answer, "cohort_unknown", 422, errors=[fault])
    home = body | {"cohort_id": meetings.cohort["id"]}
    answer = await meetings.call(meetings.team.lead, "POST", path, home)
    assert answer.status_code in (403, 422)


async def test_how_sessions_are_usually_spent(meetings: Meetings, network: Network) -> None:
    told = await network.seen(meetings.team.member, "/agenda-templates")
    (template,) = told["items"]
    assert (template["key"], template["minutes"]) == ("action_learning", 36)
    series = await meetings.series(agenda=template["agenda"])
    (first, *_) = await meetings.sessions_of(series)
    assert first["agenda"] == template["agenda"]
