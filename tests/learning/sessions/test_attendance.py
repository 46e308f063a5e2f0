"""Attendance: from evidence and by what is said, told to whom it concerns, counted by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock, now
from app.people.erasures.personal import Person as Erased
from app.people.erasures.queries import forget
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.answers import START, refused
from tests.counting import statements
from tests.journeys import Json, Network, Team
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

EXCUSED = {"verdict": "excused", "reason": "Ill, and said so in time."}
AT_MOST = {"get": 1, "record": 13, "add": 13, "rates": 5}
"""Who makes one take fewer writes the new number here."""


def stay(who: Person, joined: str = "09:00", left: str = "10:30") -> Json:
    at = "2026-03-02T{}:00Z".format
    return {"account_id": str(who.account_id), "joined_at": at(joined), "left_at": at(left)}


def line(who: Person, team: Team, state: str, minutes: int = 0, **more: Any) -> Json:
    """What is told of somebody of the team."""
    named = {"id": str(who.account_id), "reference": None, "name": who.name}
    return {
        "account": named,
        "collaboration": team.ref,
        "state": state,
        "minutes": minutes,
        "joined_at": None,
        "left_at": None,
        "is_said": False,
        "reason": None,
        "recorded_by": None,
        "recorded_at": None,
        **more,
    }


def there(joined: str = "09:00", left: str = "10:30") -> Json:
    at = "2026-03-02T{}:00.000000Z".format
    return {"joined_at": at(joined), "left_at": at(left)}


def said_by(who: Person, reason: str | None = None) -> Json:
    named = {"id": str(who.account_id), "reference": None, "name": who.name}
    return {"is_said": True, "reason": reason, "recorded_by": named, "recorded_at": START}


class Sheet:
    """The attendance of one session, as somebody writes it and reads it."""

    def __init__(self, meetings: Meetings, session: Json) -> None:
        self.meetings = meetings
        self.session = session
        self.path = f"/learning-sessions/{session['id']}/attendance"

    async def add(self, *stays: Json) -> Json:
        who, body = self.meetings.facilitator, {"items": stays}
        return await self.meetings.done(who, "POST", f"{self.path}/batch", body)

    async def say(self, of: Person, verdict: str | None, reason: str | None = None) -> Json:
        path, body = f"{self.path}/{of.account_id}", {"verdict": verdict, "reason": reason}
        return await self.meetings.done(self.meetings.facilitator, "PUT", path, body)

    async def seen(self, who: Person) -> list[Json]:
        return without_ids((await self.meetings.done(who, "GET", self.path))["people"])

    async def history(self, who: Person) -> list[Json]:
        path = f"/learning-sessions/{self.session['id']}/history"
        rows = (await self.meetings.done(who, "GET", path))["items"]
        return [row for row in rows if ".attendance_" in row["verb"]]


def without_ids(people: Sequence[Json]) -> list[Json]:
    return [{key: one[key] for key in one if key != "membership_id"} for one in people]


async def test_who_was_there_is_told_from_when_they_were(
    meetings: Meetings, network: Network
) -> None:
    lead, member = meetings.team.lead, meetings.team.member
    sheet = Sheet(meetings, await meetings.session("live"))
    empty = await sheet.seen(meetings.facilitator)
    assert empty == [line(one, meetings.team, "expected") for one in (lead, member)]
    report = (
        stay(lead, "08:50", "09:50"),
        stay(lead, "09:40", "10:31"),
        stay(lead, "09:40", "10:31"),
        stay(member, "09:11", "09:30"),
    )
    told = await sheet.add(*report)
    assert told == await sheet.add(*report)
    assert told["learning_session_id"] == sheet.session["id"]
    first = line(lead, meetings.team, "present", 90, **there("08:50", "10:31"))
    second = line(member, meetings.team, "expected", 19, **there("09:11", "09:30"))
    assert without_ids(told["people"]) == [first, second]
    assert [row["detail"] for row in await sheet.history(meetings.coordinator)] == [{"stays": 3}]
    await meetings.moved(sheet.session, "hold")
    assert (await sheet.seen(meetings.coordinator))[1] == second | {"state": "absent"}
    await sheet.add(stay(member, "09:30", "10:19"))
    second |= {"state": "late", "minutes": 68, **there("09:11", "10:19")}
    assert await sheet.seen(network.manager) == [first, second]


async def test_each_reads_of_themselves_alone(meetings: Meetings, network: Network) -> None:
    lead, member = meetings.team.lead, meetings.team.member
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    auditor = await network.people.person("Audrey Tor", (Role.AUDITOR, network.programme_id))
    sheet = Sheet(meetings, await meetings.session("held"))
    await sheet.say(member, **EXCUSED)
    whole = await sheet.seen(auditor)
    assert [one["state"] for one in whole] == ["absent", "excused"]
    assert await sheet.seen(lead) == whole[:1]
    assert await sheet.seen(member) == whole[1:]
    assert await sheet.seen(funder) == []
    assert await sheet.history(lead) == []
    assert len(await sheet.history(auditor)) == 1
    for who in (lead, funder):
        path = f"{sheet.path}/{member.account_id}"
        answer = await meetings.call(who, "PUT", path, {"verdict": "attended"})
        assert refused(answer, "not_allowed", 403, permission="attendance.record")


async def test_who_sees_no_session_reads_of_no_attendance(
    meetings: Meetings, network: Network
) -> None:
    other = await network.team(2)
    sheet = Sheet(meetings, await meetings.session("held"))
    answer = await meetings.call(other.lead, "GET", sheet.path)
    assert refused(answer, "learning_session_not_found", 404)


async def test_what_is_said_wins_and_is_taken_back(meetings: Meetings) -> None:
    lead, member = meetings.team.lead, meetings.team.member
    sheet = Sheet(meetings, await meetings.session("held"))
    await sheet.say(lead, "absent")
    told = await sheet.add(stay(lead, "09:00", "10:00"))
    lines = without_ids(told["people"])
    evident = line(lead, meetings.team, "absent", 60, **there("09:00", "10:00"))
    assert lines[0] == evident | said_by(meetings.facilitator)
    told = await sheet.say(member, **EXCUSED)
    assert told == await sheet.say(member, **EXCUSED)
    excused = line(member, meetings.team, "excused")
    said = said_by(meetings.facilitator, EXCUSED["reason"])
    assert without_ids(told["people"])[1] == excused | said
    told = await sheet.say(member, "contributed_later")
    later = line(member, meetings.team, "contributed_later") | said_by(meetings.facilitator)
    assert without_ids(told["people"])[1] == later
    told = await sheet.say(lead, None, "Was there after all.")
    assert without_ids(told["people"])[0] == evident | {"state": "left_early"}
    assert [
        (row["detail"].get("verdict"), row["reason"])
        for row in await sheet.history(meetings.facilitator)
    ] == [
        ({"from": None, "to": "absent"}, None),
        (None, None),
        ({"from": None, "to": "excused"}, None),
        ({"from": "excused", "to": "contributed_later"}, None),
        ({"from": "absent", "to": None}, None),
    ]


@pytest.mark.parametrize("status", ["draft", "scheduled", "postponed", "cancelled"])
async def test_nobody_attends_what_does_not_take_place(meetings: Meetings, status: str) -> None:
    sheet = Sheet(meetings, await meetings.session(status))
    lead = meetings.team.lead
    for method, path, body in (
        ("PUT", f"{sheet.path}/{lead.account_id}", EXCUSED),
        ("POST", f"{sheet.path}/batch", {"items": [stay(lead)]}),
    ):
        answer = await meetings.call(meetings.facilitator, method, path, body)
        assert refused(answer, "attendance_not_open", 409)


async def test_only_who_acted_for_a_member_attended(meetings: Meetings, network: Network) -> None:
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "accepted")
    sheet = Sheet(meetings, await meetings.session("held"))
    path = f"{sheet.path}/{other.lead.account_id}"
    answer = await meetings.call(meetings.facilitator, "PUT", path, EXCUSED)
    assert refused(answer, "attendee_unknown", 422)
    items = [stay(meetings.team.lead), stay(other.lead), stay(meetings.team.lead, "10:00", "10:00")]
    answer = await meetings.call(
        meetings.facilitator, "POST", f"{sheet.path}/batch", {"items": items}
    )
    unknown = "Nobody of that account acted for a member of the cohort while the session was on."
    assert refused(
        answer,
        "batch_refused",
        422,
        errors=[
            {"pointer": "/items/1/account_id", "code": "attendee_unknown", "detail": unknown},
            {
                "pointer": "/items/2/left_at",
                "code": "left_before_joining",
                "detail": "Must be later than `joined_at`.",
            },
        ],
    )
    assert {one["minutes"] for one in await sheet.seen(meetings.facilitator)} == {0}
    path = f"{sheet.path}/{meetings.team.lead.account_id}"
    answer = await meetings.call(meetings.facilitator, "PUT", path, {"verdict": "excused"})
    assert refused(answer, "excuse_without_reason", 422, at="/reason")
    before = Sheet(meetings, await meetings.session("held", local_start="2026-03-02T07:30"))
    path = f"{before.path}/{meetings.team.lead.account_id}"
    answer = await meetings.call(meetings.facilitator, "PUT", path, EXCUSED)
    assert refused(answer, "attendee_unknown", 422)


async def test_of_what_was_not_recorded_nobody_is_absent(meetings: Meetings) -> None:
    lead, member = meetings.team.lead, meetings.team.member
    sheet = Sheet(meetings, await meetings.session("held"))
    path = f"/cohorts/{meetings.cohort['id']}/attendance"
    nothing = await meetings.done(meetings.coordinator, "GET", sheet.path)
    assert nothing["is_recorded"] is False
    unknown = [line(one, meetings.team, "expected") for one in (lead, member)]
    assert without_ids(nothing["people"]) == unknown
    rated = await meetings.done(meetings.coordinator, "GET", path)
    assert (rated["held"], rated["not_recorded"], rated["members"]) == (1, 1, [])
    assert rated["person"] == rates("0/0", "0/0", "0/0")
    told = await sheet.say(lead, "attended")
    assert (told["is_recorded"], told["people"][1]["state"]) == (True, "absent")
    rated = await meetings.done(meetings.coordinator, "GET", path)
    assert (rated["held"], rated["not_recorded"]) == (1, 0)
    assert rated["person"] == rates("1/2", "1/2", "1/2")


async def test_who_records_holds_the_session(meetings: Meetings) -> None:
    sheet = Sheet(meetings, await meetings.session("held"))
    for writes in (sheet.say(meetings.team.lead, "attended"), sheet.add(stay(meetings.team.lead))):
        with statements() as sent:
            await writes
        held = [one for one in sent if "FOR NO KEY UPDATE OF learning_sessions" in one]
        assert len(held) == 1


async def test_who_comes_back_or_goes_as_it_begins(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    back, gone = await network.team(2), await network.team(3)
    paused = await network.membership(meetings.cohort, back, "paused")
    leaves = await network.membership(meetings.cohort, gone, "active")
    clock.set(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    for path, body in ((f"{paused['id']}/resume", None), (f"{leaves['id']}/withdraw", leaving)):
        await meetings.done(meetings.coordinator, "POST", f"/memberships/{path}", body)
    session = await meetings.session("held", local_start="2026-03-02T12:00")
    told = await Sheet(meetings, session).seen(meetings.facilitator)
    expected = [meetings.team.lead, meetings.team.member, back.lead, back.member]
    assert [one["account"]["name"] for one in told] == [one.name for one in expected]


async def test_who_was_on_leave_and_came_is_told_besides(
    meetings: Meetings, network: Network
) -> None:
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "paused")
    sheet = Sheet(meetings, await meetings.session("held"))
    told = without_ids((await sheet.add(stay(other.lead)))["people"])
    assert [one["account"]["name"] for one in told] == ["Lead 1", "Member 1", "Lead 2"]
    assert told[2] == line(other.lead, other, "present", 90, **there())


async def test_who_acts_for_two_members_counts_for_each(
    meetings: Meetings, network: Network
) -> None:
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "active")
    both = [(Role.COLLABORATION_MEMBER, team.id) for team in (meetings.team, other)]
    tess = await network.people.person("Tess Twice", *both)
    sheet = Sheet(meetings, await meetings.session("held"))
    await sheet.add(stay(tess))
    twice = [line(tess, team, "present", 90, **there()) for team in (meetings.team, other)]
    assert await sheet.seen(tess) == twice
    found = await meetings.done(
        meetings.facilitator, "GET", f"/cohorts/{meetings.cohort['id']}/attendance"
    )
    assert found["organisation"]["strict"] == {"value": 1.0, "numerator": 2, "denominator": 2}
    assert found["person"]["strict"] == {"value": 0.2, "numerator": 1, "denominator": 5}


async def test_attendance_stands_when_the_cohort_has_ended(
    meetings: Meetings, network: Network
) -> None:
    sheet = Sheet(meetings, await meetings.session("held"))
    await network.walk_cohort(meetings.cohort, "closed")
    lead = meetings.team.lead
    for method, path, body in (
        ("PUT", f"{sheet.path}/{lead.account_id}", EXCUSED),
        ("POST", f"{sheet.path}/batch", {"items": [stay(lead)]}),
    ):
        answer = await meetings.call(meetings.coordinator, method, path, body)
        assert refused(answer, "cohort_ended", 409)


def rates(strict: str, adjusted: str, participation: str) -> Json:
    return {
        name: {"value": round(int(of) / int(by), 6) if int(by) else None}
        | {"numerator": int(of), "denominator": int(by)}
        for name, (of, by) in {
            "strict": strict.split("/"),
            "adjusted": adjusted.split("/"),
            "participation": participation.split("/"),
        }.items()
    }


async def test_rates_are_as_counted_by_hand(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    one, two = meetings.team, await network.team(2)
    path = f"/cohorts/{meetings.cohort['id']}/attendance"
    nothing = await meetings.done(meetings.facilitator, "GET", path)
    assert nothing == {
        "cohort_id": meetings.cohort["id"],
        "held": 0,
        "not_recorded": 0,
        "organisation": rates("0/0", "0/0", "0/0"),
        "person": rates("0/0", "0/0", "0/0"),
        "members": [],
    }
    second = await network.membership(meetings.cohort, two, "active")
    await meetings.session("held", title="Before", local_start="2026-03-02T07:00")
    await meetings.session("cancelled", title="Never")
    first = Sheet(meetings, await meetings.session("held"))
    await first.add(stay(one.lead))
    await first.say(one.member, **EXCUSED)
    await first.say(two.lead, "contributed_later")
    await first.say(two.member, **EXCUSED)
    clock.set(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    leave = {"reason": "Parental leave.", "returns_on": "2026-12-01"}
    await meetings.done(meetings.coordinator, "POST", f"/memberships/{second['id']}/pause", leave)
    after = await meetings.session("held", title="After", local_start="2026-03-02T12:00")
    await Sheet(meetings, after).say(one.lead, "absent")
    await meetings.session("held", title="Of this nothing is known", local_start="2026-03-02T12:00")
    await meetings.session("live", title="Now", local_start="2026-03-02T12:00")

    found = await meetings.done(meetings.facilitator, "GET", path)
    assert found == {
        "cohort_id": meetings.cohort["id"],
        "held": 4,
        "not_recorded": 2,
        "organisation": rates("1/3", "1/3", "2/3"),
        "person": rates("1/6", "1/4", "2/6"),
        "members": [
            {
                "membership_id": found["members"][0]["membership_id"],
                "collaboration": one.ref,
                "organisation": rates("1/2", "1/2", "1/2"),
                "person": rates("1/4", "1/3", "1/4"),
            },
            {
                "membership_id": second["id"],
                "collaboration": two.ref,
                "organisation": rates("0/1", "0/1", "1/1"),
                "person": rates("0/2", "0/1", "1/2"),
            },
        ],
    }
    answer = await meetings.call(one.lead, "GET", path)
    assert refused(answer, "cohort_not_found", 404)


async def test_who_is_erased_is_counted_without_a_name(
    meetings: Meetings, network: Network, clock: FixedClock, db: AsyncSession
) -> None:
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    member = meetings.team.member
    path = f"/cohorts/{meetings.cohort['id']}/attendance"
    sheet = Sheet(meetings, await meetings.session("held"))
    before = (await sheet.say(member, **EXCUSED))["people"]
    rated = await meetings.done(meetings.facilitator, "GET", path)
    clock.advance(timedelta(hours=3))
    why = {"reason": "They have left."}
    await meetings.done(administrator, "POST", f"/accounts/{member.account_id}/disable", why)
    await forget(db, Erased([member.account_id], [], now(db)))
    await db.commit()
    after = (await meetings.done(meetings.facilitator, "GET", sheet.path))["people"]
    [erased] = [one for one in after if one["account"]["id"] == str(member.account_id)]
    named = {**before[1]["account"], "name": "Erased person"}
    assert erased == before[1] | {"account": named, "reason": None}
    assert await meetings.done(meetings.facilitator, "GET", path) == rated


async def test_no_more_statements_for_more(meetings: Meetings, network: Network) -> None:
    taken: dict[str, int] = {}
    for size in (1, 20):
        other = await network.team(size + 1)
        await network.membership(meetings.cohort, other, "active")
        sheet = Sheet(meetings, await meetings.session("held", title=f"{size}"))
        minutes = range(size)
        with statements() as sent:
            await sheet.add(*(stay(other.lead, f"09:{n:02}", "10:30") for n in minutes))
        taken["add"] = len(sent)
        with statements() as sent:
            await sheet.say(meetings.team.lead, "attended")
        taken["record"] = len(sent)
        with statements() as sent:
            await sheet.seen(meetings.coordinator)
        taken["get"] = len(sent)
        with statements() as sent:
            path = f"/cohorts/{meetings.cohort['id']}/attendance"
            await meetings.done(meetings.coordinator, "GET", path)
        taken["rates"] = len(sent)
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
