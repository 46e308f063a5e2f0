"""Series of learning sessions: planned by a rule, changed in part and as a whole."""

from typing import Any
from unittest.mock import ANY

import pytest

from tests.answers import START, page, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings


def times(sessions: list[Json]) -> list[tuple[str, str]]:
    """On the wall, and in UTC."""
    return [(one["local_start"], one["starts_at"][11:16]) for one in sessions]


async def test_a_series_stays_at_its_hour(meetings: Meetings, network: Network) -> None:
    path = f"/cohorts/{meetings.cohort['id']}/session-series"
    body = {
        "kind": "peer_circle",
        "title": "Peer circle",
        "local_start": "2026-03-16T10:00",
        "duration_minutes": 60,
        "rule": "FREQ=WEEKLY;COUNT=4",
        "added": ["2026-03-18T15:00"],
        "left_out": ["2026-03-23T10:00"],
        "agenda": [{"title": "Present", "minutes": 5}],
    }
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    series = answer.json()
    one = f"/session-series/{series['id']}"
    cohort = {field: meetings.cohort[field] for field in ("id", "reference", "name")}
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1{one}"
    assert series == {
        "id": ANY,
        "cohort": cohort,
        "title": "Peer circle",
        "timezone": "Europe/London",
        "local_start": "2026-03-16T10:00",
        "duration_minutes": 60,
        "rule": body["rule"],
        "added": body["added"],
        "left_out": body["left_out"],
        "session_count": 4,
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    sessions = await meetings.sessions_of(series)
    assert times(sessions) == [
        ("2026-03-16T10:00", "10:00"),
        ("2026-03-18T15:00", "15:00"),
        ("2026-03-30T10:00", "09:00"),
        ("2026-04-06T10:00", "09:00"),
    ]
    assert [one["recurs_at"] for one in sessions] == [one["local_start"] for one in sessions]
    assert {one["status"] for one in sessions} == {"draft"}
    assert [one["agenda"] for one in sessions] == [body["agenda"]] * 4
    for reader in (meetings.team.member, network.manager):
        with statements() as sent:
            assert await network.seen(reader, one) == series
            assert (await network.seen(reader, "/session-series"))["items"] == [series]
        assert len(sent) == 2
    listed = await network.seen(network.manager, f"{path}?include_total=true")
    assert listed == page(series, total_count=1)
    history = await network.seen(meetings.team.member, f"{one}/history")
    assert [row["verb"] for row in history["items"]] == ["session_series.created"]


async def test_a_rule_that_cannot_be_followed(meetings: Meetings) -> None:
    path = f"/cohorts/{meetings.cohort['id']}/session-series"
    body = {"kind": "workshop", "title": "Never", "local_start": "2026-03-16T10:00"}
    for rule, said in {
        "FREQ=WEEKLY": "Must end by COUNT or by UNTIL.",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=3": (
            "Must give the first session itself: begin on a day of the rule."
        ),
    }.items():
        answer = await meetings.call(meetings.facilitator, "POST", path, body | {"rule": rule})
        fault = {"pointer": "/rule", "code": "recurrence_unsound", "detail": said}
        assert refused(answer, "recurrence_unsound", 422, errors=[fault])


async def test_a_series_is_scheduled_whole_or_not_at_all(
    meetings: Meetings, network: Network
) -> None:
    await meetings.session("scheduled", local_start="2026-03-30T10:30")
    series = await meetings.series()
    path = f"/session-series/{series['id']}/schedule"
    answer = await meetings.call(meetings.facilitator, "POST", path)
    assert refused(answer, "guards_unmet", 409, unmet=[ANY])
    assert {one["status"] for one in await meetings.sessions_of(series)} == {"draft"}
    third = (await meetings.sessions_of(series))[2]
    one = f"/learning-sessions/{third['id']}"
    later = {"local_start": "2026-03-31T10:00"}
    await meetings.done(meetings.facilitator, "PATCH", one, later, read=third)
    assert await meetings.done(meetings.facilitator, "POST", path) == series
    sessions = await meetings.sessions_of(series)
    assert [one["status"] for one in sessions] == ["scheduled"] * 3
    assert (sessions[2]["recurs_at"], sessions[2]["local_start"]) == (
        "2026-03-30T10:00",
        "2026-03-31T10:00",
    )
    answer = await meetings.call(meetings.team.lead, "POST", path)
    assert refused(answer, "not_allowed", 403, permission="learning_session.schedule")


@pytest.mark.parametrize(
    ("applies_to", "moved"),
    [("this", [False, True, False]), ("following", [False, True, True]), ("all", [True] * 3)],
)
async def test_an_edit_applies_to_as_much_as_it_says(
    meetings: Meetings, applies_to: str, moved: list[bool]
) -> None:
    series = await meetings.series()
    await meetings.done(meetings.facilitator, "POST", f"/session-series/{series['id']}/schedule")
    before = await meetings.sessions_of(series)
    said: dict[str, Any] = {"title": "Anew", "local_start": "2026-03-24T09:15"}
    path = f"/learning-sessions/{before[1]['id']}"
    body = said | {"applies_to": applies_to}
    await meetings.done(meetings.facilitator, "PATCH", path, body, read=before[1])
    after = {one["id"]: one for one in await meetings.sessions_of(series)}
    at = ["2026-03-17T09:15", "2026-03-24T09:15", "2026-03-31T09:15"]
    for one, is_moved, then in zip(before, moved, at, strict=True):
        wanted = ("Anew", then) if is_moved else (one["title"], one["local_start"])
        assert (after[one["id"]]["title"], after[one["id"]]["local_start"]) == wanted


async def test_a_series_moves_into_its_own_time(meetings: Meetings) -> None:
    """Each takes the hour of the next, led by the same person."""
    series = await meetings.series()
    await meetings.done(meetings.facilitator, "POST", f"/session-series/{series['id']}/schedule")
    first = (await meetings.sessions_of(series))[0]
    body = {"local_start": "2026-03-23T10:00", "applies_to": "all"}
    path = f"/learning-sessions/{first['id']}"
    await meetings.done(meetings.facilitator, "PATCH", path, body, read=first)
    assert times(await meetings.sessions_of(series)) == [
        ("2026-03-23T10:00", "10:00"),
        ("2026-03-30T10:00", "09:00"),
        ("2026-04-06T10:00", "09:00"),
    ]


async def test_what_was_held_or_cancelled_stays_as_it_is(meetings: Meetings) -> None:
    series = await meetings.series(local_start="2026-03-02T09:00")
    sessions = await meetings.sessions_of(series)
    for move in ("schedule", "begin", "hold"):
        await meetings.moved(sessions[0], move)
    await meetings.moved(sessions[1], "cancel")
    last = sessions[2]
    body = {"title": "Anew", "applies_to": "all"}
    path = f"/learning-sessions/{last['id']}"
    await meetings.done(meetings.facilitator, "PATCH", path, body, read=last)
    titles = [one["title"] for one in await meetings.sessions_of(series)]
    assert titles == ["Peer circle", "Peer circle", "Anew"]


async def test_who_may_not_see_the_cohort_sees_no_series(
    meetings: Meetings, network: Network
) -> None:
    series = await meetings.series()
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "accepted")
    for path in ("", "/history"):
        answer = await meetings.call(other.lead, "GET", f"/session-series/{series['id']}{path}")
        assert refused(answer, "session_series_not_found", 404)
    answer = await meetings.call(other.lead, "POST", f"/session-series/{series['id']}/schedule")
    assert refused(answer, "session_series_not_found", 404)
