"""What lies beside two sittings: one that is cancelled, sharing, series, feedback, letters."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from tests.journeys import Json, Network
from tests.learning.sessions.calendars.subscribers import Feed
from tests.learning.sessions.letters.test_left_out import Rounds, off, on
from tests.learning.sessions.letters.test_letters import FROM
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.polling import Polling
from tests.learning.sessions.replies import SOON, Replies
from tests.learning.sessions.test_action_items import agreed
from tests.learning.sessions.test_attendance import Sheet, stay
from tests.learning.sessions.test_sharing import Two, amiss
from tests.learning.sessions.test_sittings import EVENING, Sittings


@pytest.fixture
async def sittings(meetings: Meetings) -> Sittings:
    return await Sittings.begin(meetings)


async def test_who_was_to_attend_a_cancelled_sitting_attends_the_first(
    sittings: Sittings, database: Database, db: AsyncSession
) -> None:
    database.info |= {"has_mail": True, "mail_from": FROM}
    post, meetings, far = Rounds(database, db), sittings.meetings, sittings.far
    feed = await Feed.of(meetings, far.lead)
    near = await Feed.of(meetings, meetings.team.lead)
    await post.new()
    gone = await meetings.moved(sittings.evening, "cancel")
    assert gone["sitting_members"] == []
    history = await meetings.network.seen(far.lead, f"/learning-sessions/{gone['id']}/history")
    assert (
        "learning_session.members_placed",
        {"members": {"from": [far.ref["reference"]], "to": []}},
    ) in [(one["verb"], one["detail"]) for one in history["items"]]
    people = (far.lead, far.member)
    assert sorted(await post.new()) == sorted(
        [*off(2, meetings.facilitator, *people), *on(1, *people)]
    )
    assert await post.new() == []
    assert await sittings.asked(far.lead) == ["first"]
    told = {one["uid"]: one["status"] for one in await feed.events()}
    assert told == {sittings.first["id"]: "CONFIRMED", sittings.evening["id"]: "CANCELLED"}
    assert [one["uid"] for one in await near.events()] == [sittings.first["id"]]
    assert (await Replies(meetings, sittings.first).reply(far.lead))["status"] == "yes"
    assert await amiss(db) == []


async def test_a_sitting_cancelled_after_the_first_leaves_nobody_absent(
    sittings: Sittings, clock: FixedClock
) -> None:
    meetings = sittings.meetings
    clock.set(clock.now().replace(day=16, hour=12))
    held = await meetings.moved(sittings.first, "hold")
    sheet = Sheet(meetings, held)
    who = meetings.team.lead
    await sheet.add(stay(who) | {"joined_at": held["starts_at"], "left_at": held["ends_at"]})
    gone = await meetings.moved(sittings.evening, "cancel")
    assert gone["sitting_members"] == [sittings.member_ref]
    lines = await sheet.seen(meetings.coordinator)
    assert {one["collaboration"]["id"] for one in lines} == {str(meetings.team.id)}


async def test_a_cohort_that_is_cancelled_writes_to_each_of_their_own(
    sittings: Sittings, database: Database, db: AsyncSession
) -> None:
    database.info |= {"has_mail": True, "mail_from": FROM}
    post, meetings = Rounds(database, db), sittings.meetings
    near, far, leads = meetings.team, sittings.far, meetings.facilitator
    early = EVENING | {"local_start": "2026-03-16T07:00"}
    path = f"/learning-sessions/{sittings.evening['id']}"
    evening = await sittings.seen(sittings.evening)
    await meetings.done(leads, "PATCH", path, early, read=evening)
    await post.new()
    path = f"/cohorts/{meetings.cohort['id']}/cancel"
    await meetings.network.done(
        meetings.network.manager, path, {"reason": "The funding was withdrawn."}
    )
    await post.round()
    wanted = [*off(2, leads, near.lead, near.member), *off(3, leads, far.lead, far.member)]
    rows = await db.scalars(select(MailMessage).where(MailMessage.calendar.is_not(None)))
    told = [one.recipient for one in rows if one.subject == wanted[0][1]]
    assert sorted(told) == sorted(one[0] for one in wanted)
    assert (await sittings.seen(sittings.evening))["sitting_members"] == [sittings.member_ref]


async def test_a_member_that_has_ended_stays_where_it_was(
    sittings: Sittings, clock: FixedClock, network: Network
) -> None:
    meetings = sittings.meetings
    path = f"/cohorts/{meetings.cohort['id']}/memberships"
    members = (await network.seen(meetings.coordinator, path))["items"]
    near = next(one for one in members if one["collaboration"] == meetings.team.ref)
    leave = {"departure": "capacity", "reason": "Too few hands."}

    async def left(member: Json) -> None:
        path = f"/memberships/{member['id']}/withdraw"
        await meetings.done(meetings.coordinator, "POST", path, leave)

    await left(sittings.member)
    answer = await sittings.place(sittings.evening, sittings.member, near)
    assert answer.status_code == 200, answer.text
    assert (await sittings.place(sittings.evening, sittings.member)).status_code == 200
    clock.set(clock.now().replace(day=17))
    evening = await sittings.seen(sittings.evening)
    await meetings.moved(evening, "hold")
    await left(near)
    answer = await sittings.place(sittings.evening, sittings.member, near)
    assert len(answer.json()["sitting_members"]) == 2
    path = f"/learning-sessions/{sittings.first['id']}/sittings"
    night = {"local_start": "2026-03-18T23:00", "membership_ids": [near["id"]]}
    answer = await meetings.call(meetings.facilitator, "POST", path, night)
    assert (answer.status_code, answer.json()["code"]) == (422, "sitting_member_unknown")


@pytest.mark.parametrize("which", ["first", "evening"])
async def test_every_sitting_is_shared(meetings: Meetings, db: AsyncSession, which: str) -> None:
    two = await Two.begin(meetings)
    first = await meetings.session(**SOON)
    path = f"/learning-sessions/{first['id']}"
    made = await meetings.done(meetings.facilitator, "POST", f"{path}/sittings", EVENING)
    chosen, other = (first, made) if which == "first" else (made, first)
    chosen = await meetings.network.seen(
        meetings.network.manager, f"/learning-sessions/{chosen['id']}"
    )
    shared = (await two.share(chosen, is_for_alumni=True)).json()
    path = f"/learning-sessions/{other['id']}"
    seen = await meetings.network.seen(meetings.network.manager, path)
    assert (seen["cohorts"], seen["is_for_alumni"]) == (two.refs, True)
    [theirs] = (await meetings.network.seen(two.theirs, f"/cohorts/{two.other['id']}/memberships"))[
        "items"
    ]
    evening = await meetings.network.seen(
        meetings.network.manager, f"/learning-sessions/{made['id']}"
    )
    path = f"/learning-sessions/{made['id']}/sitting-members"
    body = {"membership_ids": [theirs["id"]]}
    await meetings.done(meetings.facilitator, "PUT", path, body, read=evening)
    shared = await meetings.network.seen(
        meetings.network.manager, f"/learning-sessions/{chosen['id']}"
    )
    await two.share(shared, other_cohort_ids=[])
    assert await two.code(two.team.lead, made) == "learning_session_not_found"
    assert await two.code(two.team.lead, first) == "learning_session_not_found"
    assert await amiss(db) == []


async def test_feedback_is_asked_about_their_own(sittings: Sittings, clock: FixedClock) -> None:
    meetings = sittings.meetings
    clock.set(clock.now().replace(day=17))
    for session in (sittings.first, sittings.evening):
        await meetings.moved(session, "hold")
    for who, own in (
        (meetings.team.lead, sittings.first),
        (sittings.far.lead, sittings.evening),
    ):
        work = await meetings.network.seen(who, "/me/work")
        asked = [one["subject"]["id"] for one in work["items"] if one["kind"] == "give_feedback"]
        assert asked == [own["id"]]


async def test_a_series_goes_on_after_another_sitting(
    meetings: Meetings, network: Network, clock: FixedClock, db: AsyncSession
) -> None:
    far = await network.team(2)
    member = await network.membership(meetings.cohort, far, "active")
    series = await meetings.series("FREQ=WEEKLY;COUNT=3")
    presents = f"/session-series/{series['id']}/presenters"
    told = await meetings.done(meetings.facilitator, "POST", presents)
    mine, theirs = meetings.team.ref["id"], far.ref["id"]
    assert [one["collaboration"]["id"] for one in told["presenters"]] == [mine, theirs, mine]
    _, second, third = await meetings.sessions_of(series)
    path = f"/learning-sessions/{second['id']}/sittings"
    morning = {"local_start": "2026-03-23T07:00", "membership_ids": [member["id"]]}
    lead = [str(meetings.facilitator.account_id)]
    made = await meetings.done(
        meetings.facilitator, "POST", path, morning | {"facilitator_ids": lead}
    )
    told = await meetings.done(meetings.facilitator, "GET", presents)
    assert [one["collaboration"]["id"] for one in told["presenters"]] == [mine, mine, theirs]
    await meetings.moved(made, "schedule")
    clock.set(clock.now().replace(day=23, hour=9))
    made = await meetings.moved(
        await network.seen(far.lead, f"/learning-sessions/{made['id']}"), "hold"
    )
    item = await agreed(meetings, made, far.lead)
    assert (item["learning_session"]["id"], item["raised_in_id"]) == (third["id"], made["id"])
    assert await amiss(db) == []


async def test_a_poll_about_a_sitting_asks_who_attends_it(
    sittings: Sittings, database: Database, clock: FixedClock
) -> None:
    meetings, near, far = sittings.meetings, sittings.meetings.team, sittings.far
    polls = {
        who: (await Polling.begin(meetings, learning_session_id=session["id"], title=title)).poll
        for who, session, title in (
            (near.lead, sittings.first, "Noon"),
            (far.lead, sittings.evening, "Night"),
        )
    }
    both = await Polling.begin(meetings, title="Tide tables")
    for who, poll in polls.items():
        work = await meetings.network.seen(who, "/me/work")
        kind = "vote_in_session_poll"
        asked = {one["subject"]["id"] for one in work["items"] if one["kind"] == kind}
        assert asked == {poll["id"], both.poll["id"]}
    database.info["has_mail"] = True
    clock.set(datetime(2026, 3, 9, 8, tzinfo=UTC))
    await remind(database, clock)
    for who, title in ((near.lead, "Noon"), (far.lead, "Night")):
        shown = await meetings.network.seen(who, "/me/reminders")
        told = {one["subject"]["name"] for one in shown["items"]}
        assert told & {"Noon", "Night"} == {title}
