"""Reports of meetings over HTTP: who is credited, who waits for somebody to say, never twice."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.people.erasures.personal import Person as Erased
from app.people.erasures.queries import forget
from app.people.identity.models import FormerAddress
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.answers import ANY, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

DATA = Path(__file__).with_name("data")
AT_MOST = {"import": 15, "get": 5, "settle": 15}
"""Who makes one take fewer writes the new number here."""


class Reports:
    """The reports of one session, and what becomes of their lines."""

    def __init__(self, meetings: Meetings, session: Json) -> None:
        self.meetings = meetings
        self.path = f"/learning-sessions/{session['id']}/attendance"

    async def sent(self, name: str, who: Person | None = None) -> Json:
        body = {"content": (DATA / name).read_text()}
        who = who or self.meetings.facilitator
        return await self.meetings.done(who, "POST", f"{self.path}/reports", body)

    async def lines(self) -> list[Json]:
        path = f"{self.path}/unmatched"
        return (await self.meetings.done(self.meetings.coordinator, "GET", path))["items"]

    async def settle(self, line: Json, settled: str, whom: Person | None = None) -> list[Json]:
        said = {"id": line["id"], "settled": settled}
        said |= {"account_id": str(whom.account_id)} if whom else {}
        path, who = f"{self.path}/unmatched", self.meetings.facilitator
        return (await self.meetings.done(who, "POST", path, {"items": [said]}))["items"]

    async def states(self) -> dict[str, tuple[str, int]]:
        told = await self.meetings.done(self.meetings.coordinator, "GET", self.path)
        return {one["account"]["name"]: (one["state"], one["minutes"]) for one in told["people"]}


@pytest.fixture
async def reports(meetings: Meetings) -> Reports:
    return Reports(meetings, await meetings.session("held"))


async def test_who_is_known_by_an_address_is_credited_and_nobody_by_a_name(
    reports: Reports, meetings: Meetings
) -> None:
    told = await reports.sent("zoom.csv")
    assert told == {
        "learning_session_id": ANY,
        "form": "zoom",
        "added": 2,
        "already_known": 0,
        "not_members": 1,
        "unmatched": 2,
        "unread": [
            {"line": 11, "detail": "Its times cannot be read, or are not near the session."}
        ],
    }
    assert await reports.states() == {"Lead 1": ("present", 90), "Member 1": ("absent", 0)}
    assert await reports.lines() == [
        {
            "id": ANY,
            "form": "zoom",
            "called": called,
            "email": None,
            "joined_at": f"2026-03-02T{joined}:00.000000Z",
            "left_at": "2026-03-02T10:30:00.000000Z",
            "settled": "open",
            "account": None,
        }
        for called, joined in (("Member 1", "09:00"), ("iPhone (2)", "09:05"))
    ]


async def test_the_same_report_adds_nothing(reports: Reports, meetings: Meetings) -> None:
    await reports.sent("zoom.csv")
    before = await reports.lines(), await reports.states()
    again = await reports.sent("zoom.csv")
    assert (again["added"], again["unmatched"], again["already_known"]) == (0, 0, 4)
    assert (await reports.lines(), await reports.states()) == before
    path = reports.path.removesuffix("/attendance")
    history = await meetings.done(meetings.coordinator, "GET", f"{path}/history")
    said = [one["detail"] for one in history["items"] if one["verb"].endswith("_reported")]
    assert said == [{"form": "zoom", "added": 2, "unmatched": 2}]


async def test_what_several_reports_say_of_a_minute_counts_once(reports: Reports) -> None:
    await reports.sent("teams.csv")
    assert (await reports.states())["Lead 1"] == ("present", 70)
    await reports.sent("meet.csv")
    assert await reports.states() == {"Lead 1": ("present", 90), "Member 1": ("absent", 20)}
    assert [one["called"] for one in await reports.lines()] == ["Conference Room 4", "Member 1"]


async def test_what_a_person_said_wins_and_stays(reports: Reports, meetings: Meetings) -> None:
    path = f"{reports.path}/{meetings.team.lead.account_id}"
    await meetings.done(meetings.facilitator, "PUT", path, {"verdict": "absent"})
    await reports.sent("zoom.csv")
    assert (await reports.states())["Lead 1"] == ("absent", 90)
    first, second = await reports.lines()
    await reports.settle(first, "assigned", meetings.team.member)
    await reports.settle(second, "dismissed")
    again = await reports.sent("zoom.csv")
    assert (again["added"], again["unmatched"]) == (0, 0)
    assert [one["settled"] for one in await reports.lines()] == ["assigned", "dismissed"]


async def test_a_line_is_somebodys_once_a_person_says_so(
    reports: Reports, meetings: Meetings
) -> None:
    member = meetings.team.member
    await reports.sent("zoom.csv")
    [line, device] = await reports.lines()
    work = await meetings.done(meetings.facilitator, "GET", "/me/work")
    assert [one["kind"] for one in work["items"]] == ["match_attendance"]
    assert work["items"][0]["action"]["href"] == f"/v1{reports.path}/unmatched"
    told = await reports.settle(line, "assigned", member)
    named = {"id": str(member.account_id), "reference": None, "name": member.name}
    assert told == [device, line | {"settled": "assigned", "account": named}]
    assert (await reports.states())["Member 1"] == ("present", 90)
    await reports.settle(device, "dismissed")
    assert (await meetings.done(meetings.facilitator, "GET", "/me/work"))["items"] == []
    await reports.settle(line, "open")
    assert (await reports.states())["Member 1"] == ("absent", 0)
    await reports.settle(device, "open")
    assert await reports.lines() == [line, device]


async def test_what_is_known_otherwise_stays_when_a_line_is_taken_back(
    reports: Reports, meetings: Meetings
) -> None:
    member = meetings.team.member
    await reports.sent("zoom.csv")
    [line, _] = await reports.lines()
    stay = {"joined_at": line["joined_at"], "left_at": line["left_at"]}
    items = [{"account_id": str(member.account_id), **stay}]
    await meetings.done(meetings.facilitator, "POST", f"{reports.path}/batch", {"items": items})
    await reports.settle(line, "assigned", member)
    await reports.settle(line, "open")
    assert (await reports.states())["Member 1"] == ("present", 90)


async def test_who_had_the_address_once_is_known_by_it(
    reports: Reports, meetings: Meetings, db: AsyncSession
) -> None:
    former = "another.member@example.org"
    told = await reports.sent("teams.csv")
    assert (told["added"], told["unmatched"]) == (2, 1)
    for whose in (meetings.team.member, meetings.team.lead):
        db.add(FormerAddress(account_id=whose.account_id, email=former, left_at=now(db)))
        await db.commit()
        again = await reports.sent("teams.csv")
        if whose is meetings.team.member:
            assert (again["added"], again["unmatched"]) == (1, 0)
            assert [one["settled"] for one in await reports.lines()] == ["assigned"]
            await reports.settle((await reports.lines())[0], "open")
    assert (again["added"], again["already_known"]) == (0, 3)
    assert (await reports.states())["Member 1"] == ("absent", 0)


async def test_what_a_settled_line_says_stays(
    reports: Reports, meetings: Meetings, db: AsyncSession
) -> None:
    await reports.sent("teams.csv")
    [line] = await reports.lines()
    await reports.settle(line, "dismissed")
    member = meetings.team.member.account_id
    db.add(FormerAddress(account_id=member, email=line["email"], left_at=now(db)))
    await db.commit()
    again = await reports.sent("teams.csv")
    assert (again["added"], again["already_known"]) == (0, 3)
    assert (await reports.states())["Member 1"] == ("absent", 0)


async def test_faults_are_told_by_the_item(reports: Reports, meetings: Meetings) -> None:
    await reports.sent("zoom.csv")
    [line, device] = await reports.lines()
    items: list[Json] = [
        {"id": meetings.cohort["id"], "settled": "dismissed"},
        {"id": line["id"], "settled": "assigned"},
        {"id": line["id"], "settled": "dismissed", "account_id": line["id"]},
        {"id": device["id"], "settled": "assigned", "account_id": line["id"]},
    ]
    path = f"{reports.path}/unmatched"
    answer = await meetings.call(meetings.facilitator, "POST", path, {"items": items})
    assert refused(answer, "batch_refused", 422, errors=ANY)
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/items/0/id", "unmatched_line_unknown"),
        ("/items/1/account_id", "account_unfit"),
        ("/items/2/account_id", "account_unfit"),
        ("/items/3/account_id", "attendee_unknown"),
    ]
    assert await reports.lines() == [line, device]


async def test_what_is_no_report_and_what_takes_no_place(meetings: Meetings) -> None:
    held = Reports(meetings, await meetings.session("held"))
    path = f"{held.path}/reports"
    answer = await meetings.call(meetings.facilitator, "POST", path, {"content": "Hello!"})
    assert refused(answer, "meeting_report_unreadable", 422)
    body = {"content": "Name,Join Time,Leave Time\n" * 5_001}
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    detail = "It has more than 5000 lines."
    assert refused(answer, "meeting_report_unreadable", 422, detail=detail)
    draft = Reports(meetings, await meetings.session())
    for path, body in (
        (f"{draft.path}/reports", {"content": "Hello!"}),
        (f"{draft.path}/unmatched", {"items": [{"id": ANYS, "settled": "open"}]}),
    ):
        answer = await meetings.call(meetings.facilitator, "POST", path, body)
        assert refused(answer, "attendance_not_open", 409)


ANYS = "0198c2a4-0000-7000-8000-000000000000"


async def test_only_who_runs_it_reads_of_them(reports: Reports, meetings: Meetings) -> None:
    await reports.sent("zoom.csv")
    lead = meetings.team.lead
    for method, path, permission in (
        ("GET", "unmatched", "attendance.read"),
        ("POST", "reports", "attendance.record"),
    ):
        answer = await meetings.call(lead, method, f"{reports.path}/{path}", {"content": "x"})
        assert refused(answer, "not_allowed", 403, permission=permission)


async def test_who_is_erased_is_in_no_line(
    reports: Reports, meetings: Meetings, network: Network, db: AsyncSession
) -> None:
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    await reports.sent("zoom.csv")
    [line, _] = await reports.lines()
    await reports.settle(line, "assigned", meetings.team.member)
    path = f"/accounts/{meetings.team.member.account_id}/disable"
    await meetings.done(administrator, "POST", path, {"reason": "They have left."})
    await forget(db, Erased([meetings.team.member.account_id], [], now(db)))
    await db.commit()
    assert [one["called"] for one in await reports.lines()] == ["iPhone (2)"]


async def test_no_more_statements_for_more(meetings: Meetings, network: Network) -> None:
    for size in (1, 30):
        session = await meetings.session("held", title=f"{size}", local_start="2026-03-02T08:00")
        reports = Reports(meetings, session)
        rows = [f"Guest {n},,08:{n:02}:00,09:00:00" for n in range(size)]
        rows += [f"Lead 1,lead.1@example.org,08:{n:02}:00,09:00:00" for n in range(size)]
        body = {"content": "\n".join(["Name,User Email,Join Time,Leave Time", *rows])}
        taken: dict[str, Any] = {}
        with statements() as sent:
            await meetings.done(meetings.facilitator, "POST", f"{reports.path}/reports", body)
        taken["import"] = len(sent)
        with statements() as sent:
            lines = await reports.lines()
        taken["get"] = len(sent)
        member = str(meetings.team.member.account_id)
        items = [{"id": one["id"], "settled": "assigned", "account_id": member} for one in lines]
        with statements() as sent:
            path = f"{reports.path}/unmatched"
            await meetings.done(meetings.facilitator, "POST", path, {"items": items})
        taken["settle"] = len(sent)
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
