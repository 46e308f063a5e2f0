"""When sessions are by the clocks of whoever reads: `?timezone=`."""

import csv
import io

import pytest

from tests.counting import statements
from tests.journeys import Json
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import Replies


def times(zone: str, start: str, end: str) -> Json:
    return {"timezone": zone, "local_start": start, "local_end": end}


CLOCKS = [
    ("2021-12-08T10:00", "Europe/Oslo", "2021-12-08T11:00"),
    ("2021-03-16T10:00", "Europe/Oslo", "2021-03-16T11:00"),
    ("2021-05-11T10:00", "Europe/Oslo", "2021-05-11T12:00"),
    ("2021-03-16T10:00", "America/Los_Angeles", "2021-03-16T03:00"),
    ("2021-03-09T10:00", "America/Los_Angeles", "2021-03-09T02:00"),
    ("2021-05-11T10:00", "Asia/Calcutta", "2021-05-11T15:30"),
    ("2021-05-11T23:30", "Pacific/Auckland", "2021-05-12T11:30"),
]


async def test_clocks_change_where_whoever_reads_is(meetings: Meetings) -> None:
    """At ten in UTC it is eleven in Oslo, and noon once the clocks have changed there."""
    for start, zone, local in CLOCKS:
        fields = {"local_start": start, "timezone": "UTC", "duration_minutes": 15}
        session = await meetings.session(**fields)
        path = f"/learning-sessions/{session['id']}?timezone={zone}"
        seen = await meetings.done(meetings.team.member, "GET", path)
        end = f"{local[:-2]}{int(local[-2:]) + 15}"
        assert seen == session | {
            "in_timezone": times(zone, local, end),
            "available_actions": [],
        }


async def test_an_hour_that_comes_twice_is_told_by_both_of_its_ends(meetings: Meetings) -> None:
    """At one in UTC the clocks of London go back to one: by them it ends when it began."""
    fields = {"local_start": "2026-10-25T00:30", "timezone": "UTC", "duration_minutes": 60}
    session = await meetings.session(**fields)
    path = f"/learning-sessions/{session['id']}?timezone=Europe/London"
    seen = await meetings.done(meetings.facilitator, "GET", path)
    assert seen["in_timezone"] == times("Europe/London", "2026-10-25T01:30", "2026-10-25T01:30")


async def test_an_hour_that_is_leapt_over_is_told_of_by_nobody(meetings: Meetings) -> None:
    fields = {"local_start": "2026-03-29T00:30", "timezone": "UTC", "duration_minutes": 60}
    session = await meetings.session(**fields)
    path = f"/learning-sessions/{session['id']}?timezone=Europe/London"
    seen = await meetings.done(meetings.facilitator, "GET", path)
    assert seen["in_timezone"] == times("Europe/London", "2026-03-29T00:30", "2026-03-29T02:30")


async def test_lists_are_told_alike_and_by_one_statement(meetings: Meetings) -> None:
    replies = await Replies.begin(meetings)
    member = meetings.team.member
    await replies.reply(member)
    here = times("Asia/Kolkata", "2026-03-16T15:30", "2026-03-16T17:00")
    lists = ("/learning-sessions", "/rsvps", f"{replies.path}/rsvps")
    for path in lists:
        with statements() as sent:
            page = await meetings.done(member, "GET", f"{path}?timezone=Asia/Kolkata")
        assert [one["in_timezone"] for one in page["items"]] == [here], path
        assert len(sent) == 1
        plain = await meetings.done(member, "GET", path)
        assert [one["in_timezone"] for one in plain["items"]] == [None]


async def test_it_is_part_of_the_etag_and_not_of_the_cursor(meetings: Meetings) -> None:
    first, _ = await meetings.session(), await meetings.session(title="Another")
    path = f"/learning-sessions/{first['id']}"
    who = meetings.facilitator
    plain = await meetings.call(who, "GET", path)
    oslo = await meetings.call(who, "GET", f"{path}?timezone=Europe/Oslo")
    again = await meetings.call(who, "GET", f"{path}?timezone=Europe/Oslo")
    paris = await meetings.call(who, "GET", f"{path}?timezone=Europe/Paris")
    tags = [one.headers["ETag"] for one in (plain, oslo, paris)]
    assert len(set(tags)) == 3
    assert again.headers["ETag"] == oslo.headers["ETag"]
    page = await meetings.done(who, "GET", "/learning-sessions?limit=1&timezone=Europe/Oslo")
    next_page = f"/learning-sessions?limit=1&cursor={page['next_cursor']}"
    [other] = (await meetings.done(who, "GET", next_page))["items"]
    assert (other["title"], other["in_timezone"]) == ("Another", None)


async def test_the_export_has_it_too(meetings: Meetings) -> None:
    replies = await Replies.begin(meetings)
    await replies.reply(meetings.team.member)
    path = "/rsvps/export?timezone=America/New_York"
    answer = await meetings.call(meetings.facilitator, "GET", path)
    [row] = csv.DictReader(io.StringIO(answer.text))
    names = ("timezone", "local_start", "local_end")
    assert {name: row[f"in_timezone_{name}"] for name in names} == times(
        "America/New_York", "2026-03-16T06:00", "2026-03-16T07:30"
    )


@pytest.mark.parametrize("zone", ["Nowhere/Else", "GMT+25", ""])
async def test_what_is_no_time_zone_is_refused(meetings: Meetings, zone: str) -> None:
    session = await meetings.session()
    for path in (f"/learning-sessions/{session['id']}", "/learning-sessions", "/rsvps"):
        answer = await meetings.call(meetings.facilitator, "GET", f"{path}?timezone={zone}")
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "validation_failed")
        assert [one["pointer"] for one in told["errors"]] == ["#/query/timezone"]
