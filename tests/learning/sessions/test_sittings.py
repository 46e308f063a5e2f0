"""Two sittings of one session: who attends which, and is written to, asked and expected there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.sessions.queries import sessions_of
from app.learning.sessions.seats.service import settle_seats
from app.network.cohorts.models import Cohort
from app.overview.desk.reminders.service import remind
from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Json, Network, Team
from tests.learning.sessions.calendars.subscribers import Feed
from tests.learning.sessions.letters.test_left_out import Rounds, off, on
from tests.learning.sessions.letters.test_letters import FROM
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import SOON, STARTS_AT, Replies
from tests.learning.sessions.test_attendance import Sheet, stay
from tests.learning.sessions.test_reminders import EIGHT, told
from tests.learning.sessions.test_sharing import Two, amiss
from tests.people.identity.people import Person
from tests.worlds import remembered

EVENING = {"local_start": "2026-03-16T18:00"}


@dataclass(frozen=True)
class Sittings:
    """A cohort with two members, and a session in two sittings: the second member's is in the
    evening."""

    meetings: Meetings
    far: Team
    member: Json
    """The second member."""
    first: Json
    evening: Json

    @classmethod
    @remembered
    async def begin(cls, meetings: Meetings) -> "Sittings":
        network = meetings.network
        far = await network.team(2)
        member = await network.membership(meetings.cohort, far, "active")
        first = await meetings.session("scheduled", **SOON)
        body = EVENING | {
            "membership_ids": [member["id"]],
            "facilitator_ids": [str(meetings.facilitator.account_id)],
        }
        path = f"/learning-sessions/{first['id']}/sittings"
        evening = await meetings.done(meetings.facilitator, "POST", path, body)
        evening = await meetings.moved(evening, "schedule")
        return cls(meetings, far, member, first, evening)

    @property
    def member_ref(self) -> Json:
        return {**self.far.ref, "id": self.member["id"]}

    async def seen(self, session: Json, who: Person | None = None) -> Json:
        return await self.meetings.network.seen(
            who or self.meetings.coordinator, f"/learning-sessions/{session['id']}"
        )

    async def place(self, session: Json, *members: Json) -> Any:
        body = {"membership_ids": [one["id"] for one in members]}
        path = f"/learning-sessions/{session['id']}/sitting-members"
        read = await self.seen(session)
        return await self.meetings.call(self.meetings.facilitator, "PUT", path, body, read=read)

    async def asked(self, who: Person) -> list[str]:
        """To which sessions somebody has to reply, by their hour."""
        work = await self.meetings.network.seen(who, "/me/work")
        ids = [one["subject"]["id"] for one in work["items"] if one["kind"] == "reply_to_session"]
        return [{self.first["id"]: "first", self.evening["id"]: "evening"}[one] for one in ids]


@pytest.fixture
async def sittings(meetings: Meetings) -> Sittings:
    return await Sittings.begin(meetings)


async def test_a_sitting_is_the_same_session_at_another_time(
    meetings: Meetings, network: Network, db: AsyncSession
) -> None:
    far = await network.team(2)
    member = await network.membership(meetings.cohort, far, "active")
    plan = {"agenda": [{"title": "Talk", "minutes": 30}], "purpose": "To hear each other."}
    first = await meetings.session("scheduled", **SOON | plan, capacity=5, reply_hours=2)
    assert (first["sitting_of"], first["sitting_members"]) == (None, [])
    path = f"/learning-sessions/{first['id']}/sittings"
    body = EVENING | {"membership_ids": [member["id"]]}
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (
        201,
        f"/v1/learning-sessions/{made['id']}",
    )
    same = ("kind", "title", "purpose", "agenda", "materials", "duration_minutes", "cohorts")
    same = (*same, "timezone", "reply_hours", "is_public", "cohort")
    assert {name: made[name] for name in same} == {name: first[name] for name in same}
    assert {
        name: made[name]
        for name in ("status", "local_start", "capacity", "facilitators", "series_id")
    } == {
        "status": "draft",
        "local_start": EVENING["local_start"],
        "capacity": None,
        "facilitators": [],
        "series_id": None,
    }
    assert made["sitting_of"] == {"id": first["id"], "reference": None, "name": first["title"]}
    assert made["sitting_members"] == [{**far.ref, "id": member["id"]}]
    assert await network.seen(far.lead, f"/learning-sessions/{made['id']}") == made | {
        "available_actions": []
    }
    for query in (f"sitting_of_id={first['id']}", "sort=-starts_at&limit=1"):
        page = await network.seen(meetings.coordinator, f"/learning-sessions?{query}")
        assert [one["id"] for one in page["items"]] == [made["id"]]
    history = await network.seen(far.lead, f"/learning-sessions/{made['id']}/history")
    assert [(one["verb"], one["detail"]) for one in history["items"]][1:] == [
        (
            "learning_session.members_placed",
            {"members": {"from": [], "to": [far.ref["reference"]]}},
        )
    ]
    assert await amiss(db) == []


async def test_a_sitting_is_for_whom_the_first_is(meetings: Meetings, db: AsyncSession) -> None:
    two = await Two.begin(meetings)
    first = (await two.share(await meetings.session(**SOON), is_for_alumni=True)).json()
    path = f"/learning-sessions/{first['id']}/sittings"
    made = await meetings.done(meetings.network.manager, "POST", path, EVENING)
    assert (made["cohorts"], made["is_for_alumni"]) == (two.refs, True)
    assert await two.code(two.team.lead, made) is None
    assert await amiss(db) == []


async def test_each_is_asked_and_written_to_about_their_own(
    sittings: Sittings, database: Database, db: AsyncSession
) -> None:
    database.info |= {"has_mail": True, "mail_from": FROM}
    post, meetings = Rounds(database, db), sittings.meetings
    near, far = meetings.team, sittings.far
    assert await sittings.asked(near.lead) == ["first"]
    assert await sittings.asked(far.lead) == ["evening"]
    leads = meetings.facilitator
    wanted = [*on(1, leads, near.lead, near.member), *on(1, leads, far.lead, far.member)]
    assert sorted(await post.new()) == sorted(wanted)
    feed = await Feed.of(meetings, far.lead)
    assert [one["uid"] for one in await feed.events()] == [sittings.evening["id"]]
    feed = await Feed.of(meetings, far.lead, meetings.cohort)
    assert len(await feed.events()) == 2
    feed = await Feed.of(meetings, leads)
    assert len(await feed.events()) == 2

    assert (await sittings.place(sittings.evening)).status_code == 200
    assert await sittings.asked(far.lead) == ["first"]
    people = (far.lead, far.member)
    assert sorted(await post.new()) == sorted([*off(2, *people), *on(1, *people)])
    assert await post.new() == []


async def test_nobody_is_reminded_of_the_other_sitting(
    sittings: Sittings, database: Database, clock: FixedClock
) -> None:
    database.info["has_mail"] = True
    clock.set(EIGHT)
    await remind(database, clock)
    evening = "2026-03-16T18:00:00.000000Z"
    wanted = {sittings.meetings.team.lead: STARTS_AT, sittings.far.lead: evening}
    assert {who: await told(sittings.meetings, who) for who in wanted} == {
        who: [("reply_to_session", "week_before", at)] for who, at in wanted.items()
    }


async def test_a_reply_to_the_other_sitting_is_refused(sittings: Sittings) -> None:
    meetings = sittings.meetings
    replies = Replies(meetings, sittings.first)
    for reply in ("yes", "tentative"):
        answer = await replies.send(sittings.far.lead, reply)
        assert answer.status_code == 409
        assert [one["code"] for one in answer.json()["unmet"]] == ["other_sitting"]
    declined = await replies.reply(sittings.far.lead, "no", "We come in the evening.")
    assert declined["status"] == "no"
    evening = Replies(meetings, sittings.evening)
    assert (await evening.reply(sittings.far.lead))["collaboration"] == sittings.far.ref
    assert (await replies.reply(meetings.team.lead))["collaboration"] == meetings.team.ref


async def test_who_is_placed_elsewhere_frees_the_seat(
    sittings: Sittings, database: Database
) -> None:
    meetings = sittings.meetings
    replies = Replies(meetings, sittings.evening)
    await replies.reply(sittings.far.lead)
    assert await replies.seats() == (1, None, 0)
    told = (await sittings.place(sittings.evening)).json()
    assert (told["sitting_members"], told["version"]) == ([], 4)
    assert await replies.seats() == (0, None, 0)
    assert (await replies.seen(sittings.far.lead))["status"] == "no"
    again = (await sittings.place(sittings.evening, sittings.member)).json()
    assert again["sitting_members"] == [sittings.member_ref]
    assert await sittings.asked(sittings.far.lead) == ["evening"]
    same = (await sittings.place(sittings.evening, sittings.member)).json()
    assert same["version"] == again["version"]
    assert await settle_seats(database, database.clock) == 0


async def test_a_third_sitting_takes_from_the_second(sittings: Sittings) -> None:
    meetings = sittings.meetings
    path = f"/learning-sessions/{sittings.first['id']}/sittings"
    night = {"local_start": "2026-03-16T23:00", "membership_ids": [sittings.member["id"]]}
    made = await meetings.done(meetings.facilitator, "POST", path, night)
    assert made["sitting_members"] == [sittings.member_ref]
    evening = await sittings.seen(sittings.evening)
    assert evening["sitting_members"] == []
    assert evening["version"] == sittings.evening["version"] + 1


async def test_each_member_is_expected_in_one_sitting(
    sittings: Sittings, clock: FixedClock
) -> None:
    meetings = sittings.meetings
    clock.set(clock.now().replace(day=17))
    for session, who, team in (
        (sittings.first, meetings.team.lead, meetings.team),
        (sittings.evening, sittings.far.lead, sittings.far),
    ):
        held = await meetings.moved(session, "hold")
        sheet = Sheet(meetings, held)
        await sheet.add(stay(who) | {"joined_at": held["starts_at"], "left_at": held["ends_at"]})
        lines = await sheet.seen(meetings.coordinator)
        assert {one["collaboration"]["id"] for one in lines} == {str(team.id)}
    path = f"/cohorts/{meetings.cohort['id']}/attendance"
    rates = await meetings.network.seen(meetings.coordinator, path)
    assert rates["organisation"]["strict"] == {"value": 1, "numerator": 2, "denominator": 2}


@pytest.mark.parametrize("way", ["stranger", "twice"])
async def test_only_members_are_placed_and_each_once(sittings: Sittings, way: str) -> None:
    stranger = {"id": str(UUID(int=7))}
    wanted = {"stranger": [stranger], "twice": [sittings.member] * 2}[way]
    answer = await sittings.place(sittings.evening, *wanted)
    place, detail = {
        "stranger": (0, "Takes no part in this session."),
        "twice": (1, "Is named twice."),
    }[way]
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": f"/membership_ids/{place}", "code": "sitting_member_unknown", "detail": detail}
    ]


async def test_the_first_sitting_has_who_attends_no_other(sittings: Sittings) -> None:
    meetings = sittings.meetings
    assert refused(await sittings.place(sittings.first, sittings.member), "first_sitting", 409)
    path = f"/learning-sessions/{sittings.evening['id']}/sittings"
    answer = await meetings.call(meetings.facilitator, "POST", path, EVENING)
    assert refused(answer, "sitting_of_sitting", 409)
    await meetings.moved(sittings.evening, "cancel")
    assert refused(await sittings.place(sittings.evening), "sitting_fixed", 409)
    await meetings.moved(sittings.first, "cancel")
    path = f"/learning-sessions/{sittings.first['id']}/sittings"
    answer = await meetings.call(meetings.facilitator, "POST", path, EVENING)
    assert refused(answer, "sitting_fixed", 409)


async def test_a_draft_with_another_sitting_stays(meetings: Meetings, network: Network) -> None:
    far = await network.team(2)
    member = await network.membership(meetings.cohort, far, "active")
    first = await meetings.session(**SOON)
    path = f"/learning-sessions/{first['id']}"
    body = EVENING | {"membership_ids": [member["id"]]}
    made = await meetings.done(meetings.facilitator, "POST", f"{path}/sittings", body)
    first = await network.seen(meetings.facilitator, path)
    answer = await meetings.call(meetings.facilitator, "DELETE", path, read=first)
    assert refused(answer, "learning_session_in_sittings", 409)
    own = f"/learning-sessions/{made['id']}"
    assert await meetings.done(meetings.facilitator, "DELETE", own, read=made) == {}
    assert await meetings.done(meetings.facilitator, "DELETE", path, read=first) == {}


async def test_who_only_takes_part_places_nobody(sittings: Sittings) -> None:
    meetings = sittings.meetings
    path = f"/learning-sessions/{sittings.evening['id']}"
    for method, where, body in (
        ("PUT", f"{path}/sitting-members", {"membership_ids": []}),
        ("POST", f"/learning-sessions/{sittings.first['id']}/sittings", EVENING),
    ):
        answer = await meetings.call(sittings.far.lead, method, where, body, read=sittings.evening)
        assert refused(answer, "not_allowed", 403, permission="learning_session.edit")


async def test_a_cohort_that_is_cancelled_cancels_both(
    sittings: Sittings, db: AsyncSession
) -> None:
    meetings = sittings.meetings
    reason = {"reason": "The funding was withdrawn."}
    path = f"/cohorts/{meetings.cohort['id']}/cancel"
    await meetings.network.done(meetings.network.manager, path, reason)
    cohort = await db.get_one(Cohort, UUID(meetings.cohort["id"]))
    assert list(await db.scalars(sessions_of(cohort))) == []
    assert (await sittings.seen(sittings.evening))["status"] == "cancelled"
    assert await amiss(db) == []


async def test_an_adviser_replies_to_either(sittings: Sittings, network: Network) -> None:
    node = UUID(sittings.meetings.cohort["id"])
    adviser = await network.people.person("Ada Adviser", (Role.ADVISER, node))
    for session in (sittings.first, sittings.evening):
        replies = Replies(sittings.meetings, session)
        assert (await replies.reply(adviser))["status"] == "yes"


async def test_nobody_waits_for_a_seat_of_the_other_sitting(
    meetings: Meetings, network: Network
) -> None:
    far = await network.team(2)
    member = await network.membership(meetings.cohort, far, "active")
    first = await meetings.session("scheduled", **SOON, capacity=1)
    path = f"/learning-sessions/{first['id']}/sittings"
    await meetings.done(
        meetings.facilitator, "POST", path, EVENING | {"membership_ids": [member["id"]]}
    )
    replies = Replies(meetings, first)
    await replies.reply(meetings.team.lead)
    answer = await replies.send(far.lead, "yes")
    assert [one["code"] for one in answer.json()["unmet"]] == ["other_sitting"]


async def test_what_another_sitting_costs_is_not_carried(
    sittings: Sittings, clock: FixedClock
) -> None:
    meetings = sittings.meetings
    clock.set(clock.now().replace(day=17))
    await meetings.moved(sittings.evening, "hold")
    body = {"first_on": "2026-03-30", "duration_minutes": 90}
    path = f"/cohorts/{meetings.cohort['id']}/session-times"
    found = await meetings.done(meetings.coordinator, "POST", path, body)
    carried = {one["collaboration"]["id"]: one["carried_over"] for one in found["times"]["burdens"]}
    assert {one for one, cost in carried.items() if cost} == {str(sittings.far.id)}
    assert str(meetings.team.id) in carried


async def test_a_member_of_another_cohort_is_not_placed(meetings: Meetings) -> None:
    two = await Two.begin(meetings)
    network = meetings.network
    first = await meetings.session("scheduled", **SOON)
    path = f"/cohorts/{two.other['id']}/memberships"
    [theirs] = (await network.seen(network.coordinator, path))["items"]
    body = EVENING | {"membership_ids": [theirs["id"]]}
    path = f"/learning-sessions/{first['id']}/sittings"
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "sitting_member_unknown")
