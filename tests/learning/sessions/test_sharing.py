"""Sessions for several cohorts, and for a whole programme."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.installation.doctor import INVARIANTS
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.sessions.seats.service import settle_seats
from app.people.identity.roles import Role
from tests.answers import START, refused
from tests.journeys import Json, Network, Team
from tests.learning.sessions.letters.test_letters import Post
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import SOON, Replies
from tests.people.identity.people import Person
from tests.worlds import remembered

OVER = {"reason": "The funding was withdrawn."}
NOBODY = ("no", None, None, None)
"""A reply that ended and that nobody gave: its status, why, when it was said, and for when."""
ENDS_AT = datetime(2026, 3, 16, 11, 30, tzinfo=UTC)
SEES_NONE = "learning_session_not_found"


@dataclass(frozen=True)
class Two:
    """Two cohorts that run, each with a member and somebody who coordinates it alone."""

    meetings: Meetings
    other: Json
    team: Team
    coordinator: Person
    theirs: Person

    @classmethod
    @remembered
    async def begin(cls, meetings: Meetings) -> "Two":
        network = meetings.network
        team = await network.team(2)
        other = await cls.running(network, team, "PLN-C2", "Cohort 2")
        roles = [(Role.COORDINATOR, UUID(one["id"])) for one in (meetings.cohort, other)]
        ours = await network.people.person("Ours Coordinator", roles[0])
        theirs = await network.people.person("Theirs Coordinator", roles[1])
        return cls(meetings, other, team, ours, theirs)

    @staticmethod
    async def running(network: Network, team: Team, reference: str, name: str) -> Json:
        """Another cohort that runs, with this team as its first member."""
        cohort = await network.cohort("selecting", reference=reference, name=name)
        member = await network.membership(cohort, team, "accepted")
        cohort = await network.walk_cohort(cohort, "running")
        for step in ("onboard", "activate"):
            await network.done(network.coordinator, f"/memberships/{member['id']}/{step}")
        return cohort

    @property
    def refs(self) -> list[Json]:
        keys = ("id", "reference", "name")
        return [{key: one[key] for key in keys} for one in (self.meetings.cohort, self.other)]

    async def share(self, session: Json, who: Person | None = None, **said: Any) -> Any:
        body = {"other_cohort_ids": [self.other["id"]]} | said
        path = f"/learning-sessions/{session['id']}/cohorts"
        return await self.meetings.call(
            who or self.meetings.network.manager, "PUT", path, body, read=session
        )

    async def shared(self, status: str = "draft", **fields: Any) -> Json:
        """A session that is for both, walked to `status`."""
        session = await self.meetings.session(**SOON | fields)
        answer = await self.share(session)
        assert answer.status_code == 200, answer.text
        made = answer.json()
        if status != "draft":
            made = await self.meetings.moved(made, "schedule")
        return made

    async def code(self, who: Person, session: Json) -> str | None:
        path = f"/learning-sessions/{session['id']}"
        answer = await self.meetings.call(who, "GET", path)
        return None if answer.status_code == 200 else answer.json()["code"]

    async def end(self, cohort: Json, how: str) -> None:
        network = self.meetings.network
        if how == "close":
            await network.end_memberships(await network.walk_cohort(cohort, "wrapping_up"))
        reason = OVER if how == "cancel" else None
        await network.done(network.manager, f"/cohorts/{cohort['id']}/{how}", reason)


@pytest.fixture
async def two(meetings: Meetings) -> Two:
    return await Two.begin(meetings)


async def amiss(db: AsyncSession) -> list[str]:
    """Which invariants of sessions do not hold."""
    of_sessions = [name for name in INVARIANTS if "session" in name]
    assert len(of_sessions) > 5
    return [name for name in of_sessions if (await db.execute(text(INVARIANTS[name]))).all()]


async def test_a_session_is_for_those_cohorts_that_it_is_shared_with(
    two: Two, network: Network, db: AsyncSession
) -> None:
    meetings = two.meetings
    session = await meetings.session(**SOON)
    assert (session["cohorts"], session["is_for_programme"]) == (two.refs[:1], False)
    assert await two.code(two.team.lead, session) == SEES_NONE
    shared = (await two.share(session)).json()
    assert shared == session | {
        "cohorts": two.refs,
        "sequence": 1,
        "version": 2,
        "updated_at": shared["updated_at"],
    }
    for who in (two.team.lead, two.theirs, meetings.team.lead, two.coordinator):
        assert await network.seen(who, f"/learning-sessions/{session['id']}") == shared | {
            "available_actions": (await network.seen(who, f"/learning-sessions/{session['id']}"))[
                "available_actions"
            ]
        }
    for cohort in (meetings.cohort, two.other):
        path = f"/cohorts/{cohort['id']}/learning-sessions?include_total=true"
        page = await network.seen(network.manager, path)
        assert ([one["id"] for one in page["items"]], page["total_count"]) == ([session["id"]], 1)
        page = await network.seen(two.team.lead, f"/learning-sessions?cohort_id={cohort['id']}")
        assert [one["id"] for one in page["items"]] == [session["id"]]
    history = await network.seen(two.theirs, f"/learning-sessions/{session['id']}/history")
    assert (history["items"][-1]["verb"], history["items"][-1]["detail"]) == (
        "learning_session.shared",
        {
            "cohorts": {"from": ["PLN-C1"], "to": ["PLN-C1", "PLN-C2"]},
            "is_for_programme": False,
            "is_for_alumni": False,
        },
    )
    again = (await two.share(shared)).json()
    assert again["version"] == 2
    alone = (await two.share(shared, other_cohort_ids=[])).json()
    assert (alone["cohorts"], alone["sequence"]) == (two.refs[:1], 2)
    assert await two.code(two.team.lead, session) == SEES_NONE
    assert await amiss(db) == []


async def test_who_shares_a_session_may_plan_in_each_cohort(two: Two, network: Network) -> None:
    session = await two.meetings.session(**SOON)
    answer = await two.share(session, two.coordinator)
    told = "The request names a cohort that there is not, or that you may not see, or names one "
    fault = {
        "pointer": "/other_cohort_ids/0",
        "code": "other_cohort_unknown",
        "detail": f"{told}twice.",
    }
    assert refused(answer, "other_cohort_unknown", 422, errors=[fault])
    answer = await two.share(session, other_cohort_ids=[two.meetings.cohort["id"]])
    assert refused(answer, "other_cohort_unknown", 422, errors=[fault])
    answer = await two.share(session, two.coordinator, other_cohort_ids=[], is_for_programme=True)
    assert refused(answer, "not_allowed", 403, permission="learning_session.create")
    answer = await two.share(session, two.team.lead)
    assert refused(answer, SEES_NONE, 404)
    answer = await two.share(session, two.meetings.team.lead)
    assert refused(answer, "not_allowed", 403, permission="learning_session.edit")
    shared = (await two.share(session)).json()
    kept = await two.share(shared, two.coordinator)
    assert kept.status_code == 200
    stale = await two.share(session, other_cohort_ids=[])
    assert refused(stale, "precondition_failed", 412, version=2)
    await two.end(two.other, "cancel")
    fresh = await network.seen(network.manager, f"/learning-sessions/{session['id']}")
    assert fresh["cohorts"] == two.refs[:1]
    answer = await two.share(fresh)
    assert refused(answer, "cohort_ended", 409)
    live = await two.meetings.session("live")
    assert refused(await two.share(live, other_cohort_ids=[]), "sharing_fixed", 409)


async def test_members_of_each_cohort_reply_attend_and_are_counted_as_theirs(
    two: Two, network: Network, clock: FixedClock, db: AsyncSession
) -> None:
    meetings = two.meetings
    session = await two.shared("scheduled", capacity=2)
    path = f"/learning-sessions/{session['id']}"
    yes = {"reply": "yes"}
    ours = await meetings.done(meetings.team.lead, "POST", f"{path}/reply", yes)
    theirs = await meetings.done(two.team.lead, "POST", f"{path}/reply", yes)
    assert [one["collaboration"] for one in (ours, theirs)] == [meetings.team.ref, two.team.ref]
    waits = await meetings.done(meetings.team.member, "POST", f"{path}/reply", yes)
    assert waits["status"] == "waitlisted"
    asked = await network.seen(two.team.member, "/me/work?kind=reply_to_session")
    assert [one["subject"]["id"] for one in asked["items"]] == [session["id"]]
    at = {"joined_at": "2026-03-16T10:00:00Z", "left_at": "2026-03-16T11:30:00Z"}
    clock.set(ENDS_AT)
    await meetings.moved(session, "hold")
    items = [
        {"account_id": str(one.account_id), **at}
        for one in (meetings.team.lead, two.team.lead, two.team.member)
    ]
    await meetings.done(two.theirs, "POST", f"{path}/attendance/batch", {"items": items})
    counted = {}
    for cohort in (meetings.cohort, two.other):
        rates = await network.seen(network.manager, f"/cohorts/{cohort['id']}/attendance")
        strict = rates["person"]["strict"]
        names = [one["collaboration"]["name"] for one in rates["members"]]
        counted[cohort["reference"]] = (
            names,
            rates["held"],
            strict["numerator"],
            strict["denominator"],
        )
    assert counted == {
        "PLN-C1": (["Collaboration 1"], 1, 1, 2),
        "PLN-C2": (["Collaboration 2"], 1, 2, 2),
    }
    assert await amiss(db) == []


async def test_calendars_and_letters_tell_of_it_in_each_cohort(
    two: Two, database: Database, db: AsyncSession
) -> None:
    meetings = two.meetings
    database.info |= {"has_mail": True, "mail_from": "The network <network@example.org>"}
    post = Post(database, db)
    session = await meetings.session("scheduled", is_public=True, **SOON)
    to_ours = {one.email for one in (meetings.facilitator, meetings.team.lead)}
    first = {one[0] for one in await post.new()}
    assert to_ours < first
    assert two.team.lead.email not in first
    shared = (await two.share(session)).json()
    second = {one[0]: one[2:] for one in await post.new()}
    assert second == dict.fromkeys(
        first | {two.team.lead.email, two.team.member.email}, ("REQUEST", shared["sequence"])
    )
    for path in (
        f"/cohorts/{two.other['id']}/learning-sessions/calendar",
        f"/programmes/{meetings.network.programme_id}/learning-sessions/calendar",
    ):
        answer = await meetings.call(two.team.lead, "GET", path)
        assert answer.text.count(f"UID:{session['id']}") == 1


@pytest.mark.parametrize("how", ["cancel", "close"])
async def test_a_shared_session_goes_on_without_a_cohort_that_ends(
    two: Two, network: Network, db: AsyncSession, how: str
) -> None:
    """Where that planned it, the other does from then on; its people's seats are passed on."""
    meetings = two.meetings
    session = await two.shared("scheduled", capacity=1)
    path = f"/learning-sessions/{session['id']}"
    await meetings.done(meetings.team.lead, "POST", f"{path}/reply", {"reply": "yes"})
    waits = await meetings.done(two.team.lead, "POST", f"{path}/reply", {"reply": "yes"})
    foreseen = await network.seen(
        network.manager, f"/cohorts/{meetings.cohort['id']}/cancel/preview"
    )
    [without] = [one for one in foreseen["consequences"] if one["code"].startswith("shared_")]
    assert [one["id"] for one in without["things"]] == [session["id"]]
    await two.end(meetings.cohort, how)
    after = await network.seen(two.theirs, path)
    assert (after["status"], after["cohort"], after["cohorts"]) == (
        "scheduled",
        two.refs[1],
        two.refs[1:],
    )
    assert await two.code(meetings.team.lead, session) == SEES_NONE
    assert await two.code(two.coordinator, session) == SEES_NONE
    offered = await network.seen(two.team.lead, f"/rsvps/{waits['id']}")
    assert offered["status"] == "offered"
    assert await amiss(db) == []


async def test_a_shared_session_that_was_held_stands_when_one_cohort_has_ended(
    two: Two, network: Network, clock: FixedClock
) -> None:
    meetings = two.meetings
    session = await two.shared("scheduled")
    clock.set(ENDS_AT)
    await meetings.moved(session, "begin")
    path = f"/cohorts/{two.other['id']}"
    answer = await meetings.call(network.manager, "POST", f"{path}/wrap-up")
    assert [one["code"] for one in answer.json()["unmet"]] == ["session_live"]
    await meetings.moved(session, "hold")
    await two.end(two.other, "close")
    again = await meetings.call(
        network.manager, "POST", f"/learning-sessions/{session['id']}/resume", OVER
    )
    assert [one["code"] for one in again.json()["unmet"]] == ["cohort_ended"]
    said = {"verdict": "attended"}
    who = f"/learning-sessions/{session['id']}/attendance/{meetings.team.lead.account_id}"
    assert refused(await meetings.call(network.manager, "PUT", who, said), "cohort_ended", 409)
    to_do = {"title": "Ask the port", "owner_id": str(meetings.team.lead.account_id)}
    item = {**to_do, "due_on": "2026-03-23"}
    made = await meetings.call(
        meetings.team.lead, "POST", f"/learning-sessions/{session['id']}/action-items", item
    )
    assert made.status_code == 201
    work = await network.seen(meetings.team.lead, "/me/work?kind=finish_action_item")
    assert [one["subject"]["id"] for one in work["items"]] == [made.json()["id"]]


def said_by(rsvp: Json) -> tuple[Any, ...]:
    return tuple(rsvp[name] for name in ("status", "reason", "replied_at", "replied_for"))


async def test_who_is_asked_no_more_said_no_to_nothing_and_is_asked_when_they_come_back(
    two: Two, network: Network, db: AsyncSession
) -> None:
    """What ends with the sharing is no refusal of theirs; who comes back is asked, and their yes is
    for the member that they act for now."""
    session = await two.shared("scheduled")
    who, path = two.team.lead, f"/learning-sessions/{session['id']}"
    replies = Replies(two.meetings, session)
    comes = await replies.reply(who, "yes", "I bring the charter.")
    assert await replies.waits(who) == []
    alone = (await two.share(session, other_cohort_ids=[])).json()
    left = await network.seen(network.manager, f"/rsvps/{comes['id']}")
    assert said_by(left) == NOBODY
    assert await replies.waits(who) == []
    await two.share(alone)
    asked = await network.seen(who, f"/rsvps/{comes['id']}")
    assert (said_by(asked), asked["is_asked_again"]) == (NOBODY, True)
    assert [kind for kind, _due in await replies.waits(who)] == ["reply_to_session"]
    again = await replies.reply(who)
    assert (again["id"], again["status"], again["replied_at"]) == (comes["id"], "yes", START)
    assert await replies.waits(who) == []
    history = await network.seen(network.manager, f"/rsvps/{comes['id']}/history")
    assert [one["verb"] for one in history["items"]][::-1] == [
        "rsvp.accepted",
        "rsvp.released",
        "rsvp.accepted",
    ], path
    assert await amiss(db) == []


async def test_who_comes_back_as_one_that_completed_comes_for_no_member(
    two: Two, network: Network, database: Database, db: AsyncSession
) -> None:
    """Their yes stands; the clock does not take it back for the member that it was for once."""
    session = await two.shared(status="scheduled", local_start="2026-03-16T10:00")
    session = (await two.share(session, is_for_alumni=True)).json()
    who, replies = two.team.lead, Replies(two.meetings, session)
    comes = await replies.reply(who)
    await network.done(network.coordinator, f"/memberships/{comes['membership_id']}/complete")
    assert said_by(await replies.seen(who)) == NOBODY
    again = await replies.reply(who)
    assert (again["status"], again["membership_id"], again["collaboration"]) == ("yes", None, None)
    assert await settle_seats(database, FixedClock(datetime(2026, 3, 3, tzinfo=UTC))) == 0
    assert (await replies.seen(who))["status"] == "yes"
    assert await amiss(db) == []


async def test_a_session_for_a_whole_programme(
    two: Two, network: Network, db: AsyncSession
) -> None:
    """It is for the cohorts that go on, for one that starts later, and for who has completed."""
    alumna, late = await network.team(3), await network.team(4)
    await network.membership(two.other, alumna, "completed")
    session = await two.meetings.session(**SOON)
    whole = (await two.share(session, other_cohort_ids=[], is_for_programme=True)).json()
    assert (whole["cohorts"], whole["is_for_programme"]) == (two.refs, True)
    scheduled = await two.meetings.moved(whole, "schedule")
    assert await two.code(alumna.lead, session) is None
    path = f"/learning-sessions/{session['id']}"
    comes = await two.meetings.done(alumna.lead, "POST", f"{path}/reply", {"reply": "yes"})
    assert (comes["status"], comes["membership_id"]) == ("yes", None)
    await two.running(network, late, "PLN-C3", "Cohort 3")
    assert await two.code(late.lead, session) is None
    ended = await network.seen(network.manager, f"/cohorts/{two.other['id']}/memberships")
    [theirs] = [one for one in ended["items"] if one["collaboration"]["id"] == str(two.team.id)]
    completed = f"/memberships/{theirs['id']}"
    await network.done(network.coordinator, f"{completed}/complete")
    assert await two.code(two.team.member, session) is None
    await network.done(network.manager, f"{completed}/reinstate", {"reason": "By mistake."})
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await network.done(network.coordinator, f"{completed}/withdraw", leaving)
    assert await two.code(two.team.member, session) == SEES_NONE
    fresh = await network.seen(network.manager, path)
    assert [one["reference"] for one in fresh["cohorts"]] == ["PLN-C1", "PLN-C2", "PLN-C3"]
    assert fresh["sequence"] == scheduled["sequence"] + 1
    narrowed = (await two.share(fresh, other_cohort_ids=[])).json()
    assert (narrowed["cohorts"], narrowed["is_for_programme"]) == (two.refs[:1], False)
    assert await two.code(alumna.lead, session) == SEES_NONE
    left = await network.seen(network.manager, f"/rsvps/{comes['id']}")
    assert said_by(left) == NOBODY
    assert await amiss(db) == []


async def test_a_session_for_alumni(two: Two, network: Network, db: AsyncSession) -> None:
    """It is for one cohort and for who has completed another, or does so before it begins."""
    alumna, meetings = await network.team(3), two.meetings
    await network.membership(two.other, alumna, "completed")
    session = await meetings.session(**SOON)
    asked: Json = {"other_cohort_ids": [], "is_for_alumni": True}
    refusal = await two.share(session, two.coordinator, **asked)
    assert refused(refusal, "not_allowed", 403, permission="learning_session.create")
    opened = (await two.share(session, **asked)).json()
    assert (opened["cohorts"], opened["is_for_programme"]) == (two.refs[:1], False)
    assert (opened["is_for_alumni"], opened["sequence"]) == (True, session["sequence"] + 1)
    opened = await meetings.moved(opened, "schedule")
    path = f"/learning-sessions/{session['id']}"
    for who, code in ((alumna.lead, None), (meetings.team.lead, None), (two.team.lead, SEES_NONE)):
        assert await two.code(who, session) == code
    comes = await meetings.done(alumna.lead, "POST", f"{path}/reply", {"reply": "yes"})
    assert (comes["status"], comes["membership_id"]) == ("yes", None)
    where = await meetings.call(alumna.member, "GET", f"{path}/whereabouts")
    assert where.status_code == 200

    members = await network.seen(network.manager, f"/cohorts/{two.other['id']}/memberships")
    [theirs] = [one for one in members["items"] if one["collaboration"]["id"] == str(two.team.id)]
    await network.done(network.coordinator, f"/memberships/{theirs['id']}/complete")
    assert await two.code(two.team.member, session) is None
    mistaken = {"reason": "By mistake."}
    await network.done(network.manager, f"/memberships/{theirs['id']}/reinstate", mistaken)
    assert await two.code(two.team.member, session) == SEES_NONE
    whole = (await two.share(opened, **asked, is_for_programme=True)).json()
    assert (whole["cohorts"], whole["is_for_alumni"]) == (two.refs, True)
    still = (await two.share(whole, **asked)).json()
    assert await two.code(alumna.lead, session) is None, "whom it was for twice, it is for once"
    alone = (await two.share(still, other_cohort_ids=[])).json()
    assert (alone["cohorts"], alone["is_for_alumni"]) == (two.refs[:1], False)
    assert await two.code(alumna.lead, session) == SEES_NONE
    left = await network.seen(network.manager, f"/rsvps/{comes['id']}")
    assert said_by(left) == NOBODY
    assert await amiss(db) == []


async def test_what_others_share_does_not_move_with_one_cohort(two: Two, network: Network) -> None:
    shared = await two.shared("scheduled")
    own = await two.meetings.session(title="Ours", local_start="2026-03-17T10:00")
    body = {"days": 7, "reason": "The venue is free a week later.", "dry_run": True}
    for cohort in (two.other, two.meetings.cohort):
        path = f"/cohorts/{cohort['id']}/reschedule"
        answer = await two.meetings.call(network.manager, "POST", path, body, read=cohort)
        moved = {one["id"]: one["stays_because"] for one in answer.json()["sessions"]}
        assert moved.pop(shared["id"]) == "shared"
    assert moved == {own["id"]: None}
