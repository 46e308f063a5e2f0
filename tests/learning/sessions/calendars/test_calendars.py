"""Calendars over HTTP: who reads which sessions, and each change once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.people.identity.tokens import SecretKind, new_secret
from tests.answers import START, page, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.calendars.subscribers import Feed, events_in
from tests.learning.sessions.meetings import Meetings

WHERE = {"place": "The long room", "link": "https://example.org/rooms/1"}
AT_MOST = {"feed": 3, "cohort": 4, "programme": 2}
"""Who makes a read take fewer writes the new number here."""


def told(session: Json, status: str = "CONFIRMED", *, is_part: bool = True) -> Json:
    where = WHERE if is_part else dict.fromkeys(WHERE)
    return {
        "uid": session["id"],
        "sequence": session["sequence"],
        "status": status,
        "title": session["title"],
        "starts": f"{session['local_start']}+0000",
        "zone": "Europe/London",
        "minutes": 90,
        **where,
    }


async def test_a_feed_is_shown_once_and_read_by_its_address(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session("scheduled", **WHERE)
    await meetings.session(title="A draft")
    feed = await Feed.of(meetings, meetings.team.lead)
    shown = {key: feed.made[key] for key in feed.made if key != "url"}
    assert shown == {"id": feed.made["id"], "cohort": None, "created_at": START}
    assert await network.seen(meetings.team.lead, "/me/calendar-feeds") == page(shown)
    assert await network.seen(meetings.team.member, "/me/calendar-feeds") == page()
    answer = await feed.asked()
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert events_in(answer.content) == [told(session)]
    again = await feed.asked()
    assert (again.content, again.headers["ETag"]) == (answer.content, answer.headers["ETag"])
    unchanged = await feed.asked(**{"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_a_feed_that_was_revoked_reads_nothing(meetings: Meetings) -> None:
    feed = await Feed.of(meetings, meetings.team.lead)
    path = f"/me/calendar-feeds/{feed.made['id']}/revoke"
    theirs = await meetings.call(meetings.team.member, "POST", path)
    assert refused(theirs, "calendar_feed_not_found", 404)
    assert (await feed.asked()).status_code == 200
    await meetings.done(meetings.team.lead, "POST", path)
    again = await meetings.call(meetings.team.lead, "POST", path)
    for answer in (await feed.asked(), again):
        assert refused(answer, "calendar_feed_not_found", 404)


@pytest.mark.parametrize(
    "secret", ["pln_cal_x", new_secret(SecretKind.CALENDAR_FEED)], ids=["malformed", "unknown"]
)
async def test_an_address_that_is_none(meetings: Meetings, secret: str) -> None:
    answer = await meetings.network.client.get(f"/v1/calendars/{secret}/sessions.ics")
    assert refused(answer, "calendar_feed_not_found", 404)


async def test_a_feed_is_good_for_nothing_else(meetings: Meetings) -> None:
    feed = await Feed.of(meetings, meetings.team.lead)
    secret = feed.path.split("/")[2]
    headers = {"Authorization": f"Bearer {secret}"}
    for path in ("/v1/me", "/v1/learning-sessions", "/v1/me/calendar-feeds"):
        answer = await meetings.network.client.get(path, headers=headers)
        assert answer.status_code == 401, path


async def test_the_secret_is_nowhere(meetings: Meetings, db: AsyncSession) -> None:
    feed = await Feed.of(meetings, meetings.team.lead)
    secret = feed.path.split("/")[2]
    with capture_logs() as lines:
        await feed.asked()
        await meetings.network.client.get(f"/v1{feed.path[:-1]}")
        await meetings.network.client.post(f"/v1{feed.path}")
    assert next(one["route"] for one in lines if one["event"] == "request") == (
        "/v1/calendars/{secret}/sessions.ics"
    )
    assert secret not in str(lines)
    for table in ("calendar_feeds", "activity", "idempotent_answers"):
        rows = (await db.execute(text(f"SELECT * FROM {table}"))).all()
        assert secret not in str(rows), table


async def test_a_feed_of_one_cohort(meetings: Meetings, network: Network) -> None:
    other = await network.cohort(reference="PLN-C2")
    theirs = await network.team(2)
    session = await meetings.session("scheduled")
    feed = await Feed.of(meetings, network.coordinator, meetings.cohort)
    assert feed.made["cohort"]["id"] == meetings.cohort["id"]
    assert [one["uid"] for one in await feed.events()] == [session["id"]]
    assert await (await Feed.of(meetings, network.manager, other)).events() == []
    body = {"cohort_id": meetings.cohort["id"]}
    answer = await meetings.call(theirs.lead, "POST", "/me/calendar-feeds", body)
    assert refused(answer, "cohort_not_found", 404)


async def test_what_is_read_by_a_feed_is_what_its_owner_may_see_now(
    meetings: Meetings, network: Network
) -> None:
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    await meetings.session("scheduled")
    lead, member = [
        await Feed.of(meetings, one) for one in (meetings.team.lead, meetings.team.member)
    ]
    assert len(await lead.events()) == len(await member.events()) == 1
    path = f"/accounts/{meetings.team.member.account_id}/disable"
    await meetings.done(administrator, "POST", path, {"reason": "They have left."})
    assert refused(await member.asked(), "calendar_feed_not_found", 404)
    await network.end_memberships(meetings.cohort)
    assert await lead.events() == []


async def test_the_feed_of_a_merged_account_is_its_persons(
    meetings: Meetings, network: Network
) -> None:
    """It is read on, and no secret is left that nobody can revoke."""
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    session = await meetings.session("scheduled", **WHERE)
    alias, lead = meetings.team.member, meetings.team.lead
    feed = await Feed.of(meetings, alias)
    body = {"reason": "Both are hers.", "into_id": str(lead.account_id)}
    path = f"/accounts/{alias.account_id}"
    read = await network.seen(administrator, path)
    await meetings.done(administrator, "POST", f"{path}/merge", body, read=read)
    assert await feed.events() == [told(session)]
    shown = await network.seen(lead, "/me/calendar-feeds")
    assert [one["id"] for one in shown["items"]] == [feed.made["id"]]
    await meetings.done(lead, "POST", f"/me/calendar-feeds/{feed.made['id']}/revoke")
    assert refused(await feed.asked(), "calendar_feed_not_found", 404)


async def test_nobody_without_sessions_has_a_feed_nor_more_than_twenty(
    meetings: Meetings, network: Network
) -> None:
    nobody = await network.people.person("Nora Nobody")
    answer = await meetings.call(nobody, "POST", "/me/calendar-feeds", {})
    assert refused(answer, "not_allowed", 403, permission="learning_session.read")
    for _ in range(20):
        await Feed.of(meetings, meetings.team.lead)
    answer = await meetings.call(meetings.team.lead, "POST", "/me/calendar-feeds", {})
    assert refused(answer, "too_many_calendar_feeds", 409)


async def test_the_calendar_of_a_cohort(meetings: Meetings, network: Network) -> None:
    session = await meetings.session("scheduled", **WHERE)
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "accepted")
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions/calendar"
    for who, is_part in (
        (meetings.facilitator, True),
        (meetings.team.member, True),
        (funder, False),
    ):
        answer = await meetings.call(who, "GET", path)
        assert events_in(answer.content) == [told(session, is_part=is_part)]
    answer = await meetings.call(other.lead, "GET", path)
    assert refused(answer, "cohort_not_found", 404)


async def test_the_calendar_of_a_programme_is_for_anybody(
    meetings: Meetings, network: Network
) -> None:
    path = f"/v1/programmes/{network.programme_id}/learning-sessions/calendar"
    await meetings.session("scheduled", **WHERE)
    assert refused(await network.client.get(path), "programme_not_found", 404)
    later = {"local_start": "2026-03-09T09:00", "title": "For all"}
    public = await meetings.session("scheduled", is_public=True, **WHERE, **later)
    answer = await network.client.get(path)
    assert events_in(answer.content) == [told(public, is_part=False)]
    assert "long room" not in answer.text
    nowhere = f"/v1/programmes/{meetings.cohort['id']}/learning-sessions/calendar"
    assert refused(await network.client.get(nowhere), "programme_not_found", 404)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Anew"},
        {"purpose": "To see."},
        {"local_start": "2026-03-03T10:00"},
        {"timezone": "Europe/Paris"},
        {"duration_minutes": 60},
        {"place": "Room 2"},
        {"link": "https://example.org/rooms/2"},
        {"kind": "showcase"},
        {"is_public": True},
        {"agenda": [{"title": "Talk", "minutes": 5}]},
        {"facilitator_ids": []},
        {"title": "Anew", "purpose": "To see.", "agenda": [{"title": "Talk", "minutes": 5}]},
    ],
    ids="-".join,
)
async def test_each_edit_raises_the_sequence_once(meetings: Meetings, change: Json) -> None:
    session = await meetings.session("scheduled")
    one = f"/learning-sessions/{session['id']}"
    changed = await meetings.done(meetings.facilitator, "PATCH", one, change, read=session)
    assert (session["sequence"], changed["sequence"]) == (1, 2)
    same = await meetings.done(meetings.facilitator, "PATCH", one, change, read=changed)
    assert same["sequence"] == 2


async def test_each_move_that_calendars_show_raises_it_once(meetings: Meetings) -> None:
    session = await meetings.session("scheduled")
    seen: list[Any] = []
    for move in ("postpone", "schedule", "begin", "hold"):
        session = await meetings.moved(session, move)
        seen.append((move, session["sequence"]))
    assert seen == [("postpone", 2), ("schedule", 3), ("begin", 3), ("hold", 3)]
    session = await meetings.moved(session, "resume", meetings.coordinator)
    assert session["sequence"] == 3
    other = await meetings.session("scheduled", local_start="2026-03-09T09:00")
    cancelled = await meetings.moved(other, "cancel")
    assert (cancelled["sequence"], cancelled["cancelled_at"]) == (2, START)


async def test_a_series_raises_it_of_each_of_its_sessions(
    meetings: Meetings, network: Network
) -> None:
    series = await meetings.series()
    path = f"/session-series/{series['id']}/schedule"
    await meetings.done(meetings.facilitator, "POST", path)
    _, second, _ = await meetings.sessions_of(series)
    edit = {"title": "Anew", "applies_to": "following"}
    one = f"/learning-sessions/{second['id']}"
    await meetings.done(meetings.facilitator, "PATCH", one, edit, read=second)
    assert [each["sequence"] for each in await meetings.sessions_of(series)] == [1, 2, 2]
    await network.walk_cohort(meetings.cohort, "cancelled")
    gone = await meetings.done(
        network.manager, "GET", f"/learning-sessions?series_id={series['id']}"
    )
    assert [(each["status"], each["sequence"]) for each in gone["items"]] == [
        ("cancelled", 2),
        ("cancelled", 3),
        ("cancelled", 3),
    ]


async def test_what_was_cancelled_is_told_for_thirty_days(
    meetings: Meetings, clock: FixedClock
) -> None:
    later = "2026-06-01T09:00"
    await meetings.session("cancelled", title="Never announced")
    session = await meetings.session("scheduled", local_start=later, **WHERE)
    put_off = await meetings.session("postponed", local_start="2026-06-02T09:00", **WHERE)
    feed = await Feed.of(meetings, meetings.team.lead)
    gone = await meetings.moved(session, "cancel")
    summer = [told(gone, "CANCELLED"), told(put_off, "TENTATIVE")]
    summer = [one | {"starts": one["starts"].replace("+0000", "+0100")} for one in summer]
    assert await feed.events() == summer
    clock.advance(timedelta(days=30) - timedelta(microseconds=1))
    assert await feed.events() == summer
    clock.advance(timedelta(microseconds=1))
    assert await feed.events() == summer[1:]


async def test_what_is_long_over_is_told_no_more(meetings: Meetings, clock: FixedClock) -> None:
    held = await meetings.session("held")
    feed = await Feed.of(meetings, meetings.team.lead)
    clock.advance(timedelta(days=366, minutes=90) - timedelta(microseconds=1))
    assert [one["uid"] for one in await feed.events()] == [held["id"]]
    clock.advance(timedelta(microseconds=1))
    assert await feed.events() == []


async def test_no_more_statements_for_more(meetings: Meetings, network: Network) -> None:
    feed = await Feed.of(meetings, meetings.team.lead)
    cohort = f"/cohorts/{meetings.cohort['id']}/learning-sessions/calendar"
    programme = f"/v1/programmes/{network.programme_id}/learning-sessions/calendar"
    for size in (1, 10):
        rule = f"FREQ=DAILY;COUNT={size}"
        start = f"2026-0{3 + size % 8}-16T10:00"
        series = await meetings.series(rule, is_public=True, local_start=start)
        path = f"/session-series/{series['id']}/schedule"
        await meetings.done(meetings.facilitator, "POST", path)
        taken: dict[str, int] = {}
        with statements() as sent:
            await feed.events()
        taken["feed"] = len(sent)
        with statements() as sent:
            await meetings.call(meetings.team.lead, "GET", cohort)
        taken["cohort"] = len(sent)
        with statements() as sent:
            await network.client.get(programme)
        taken["programme"] = len(sent)
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
