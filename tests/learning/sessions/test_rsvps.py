"""RSVPs over HTTP: replies, the waitlist, delegation, needs."""

from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.learning.sessions.seats.service import settle_seats
from app.people.erasures.personal import Person as Erased
from app.people.erasures.queries import forget
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.answers import START, page, refused
from tests.counting import statements
from tests.journeys import Network, Team
from tests.learning.sessions.meetings import WHY, Meetings
from tests.learning.sessions.replies import STARTS_AT, Replies, named

MICROSECOND = timedelta(microseconds=1)
BEGINS = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
LATER = "2026-03-03T09:00:00.000000Z"
"""A day after tests begin: until then a seat that is freed as they begin is offered."""
AT_MOST = {"reply": 13, "wait": 13, "confirm": 9, "no": 13, "delegate": 15}
"""Who makes a verb take fewer writes the new number here."""


async def another(meetings: Meetings, number: int) -> Team:
    team = await meetings.network.team(number)
    await meetings.network.membership(meetings.cohort, team, "active")
    return team


async def test_a_reply_and_what_becomes_of_it(meetings: Meetings, network: Network) -> None:
    replies, member = await Replies.begin(meetings), meetings.team.member
    due = [("reply_to_session", STARTS_AT)]
    assert await replies.waits(member) == due
    first = await replies.reply(member, "tentative", "The nursery may close.")
    said = {"id": first["id"], "reason": "The nursery may close."}
    assert first == replies.shown(member, meetings.team, "tentative", **said)
    assert await replies.waits(member) == []
    again = await replies.reply(member, "tentative", "The nursery may close.")
    assert again == first
    yes = await replies.reply(member)
    assert yes == replies.shown(member, meetings.team, "yes", id=first["id"], version=2)
    no = await replies.moved(yes, "decline", member, {"reason": "It does."})
    assert no == replies.shown(
        member, meetings.team, "no", id=first["id"], reason="It does.", version=3
    )
    back = await replies.reply(member)
    assert back == replies.shown(member, meetings.team, "yes", id=first["id"], version=4)
    assert await network.seen(member, f"/rsvps/{first['id']}") == back
    listed = await network.seen(meetings.facilitator, "/rsvps?include_total=true")
    assert listed == page(back | {"available_actions": []}, total_count=1)
    told = await network.seen(meetings.coordinator, f"/rsvps/{first['id']}/history")
    assert [(row["verb"], row["reason"], row["detail"]) for row in told["items"]] == [
        ("rsvp.hesitated", None, {}),
        ("rsvp.accepted", None, {}),
        ("rsvp.declined", None, {}),
        ("rsvp.accepted", None, {}),
    ]
    assert await replies.seats() == (1, None, 0)


async def test_each_reads_and_moves_their_own_alone(meetings: Meetings, network: Network) -> None:
    replies = await Replies.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    adviser = await network.people.person("Ad Viser", (Role.ADVISER, network.programme_id))
    rsvp = await replies.reply(member)
    advised = await replies.reply(adviser)
    assert advised == replies.shown(adviser, None, "yes", id=advised["id"])
    for who, ids in (
        (lead, []),
        (member, [rsvp["id"]]),
        (adviser, [advised["id"]]),
        (funder, []),
        (network.manager, [rsvp["id"], advised["id"]]),
    ):
        for path in ("/rsvps", f"{replies.path}/rsvps"):
            assert [one["id"] for one in (await network.seen(who, path))["items"]] == ids
    for who in (lead, funder, adviser):
        for method, path in (
            ("GET", ""),
            ("GET", "/history"),
            ("GET", "/actions"),
            ("GET", "/needs"),
            ("PUT", "/needs"),
            ("POST", "/decline"),
        ):
            body = {"access": None, "dietary": None} if method == "PUT" else {}
            answer = await meetings.call(who, method, f"/rsvps/{rsvp['id']}{path}", body or None)
            if method == "POST":
                answer = await meetings.call(who, method, f"/rsvps/{rsvp['id']}{path}", {})
            assert refused(answer, "rsvp_not_found", 404), path
    answer = await meetings.call(meetings.coordinator, "POST", f"/rsvps/{rsvp['id']}/decline", {})
    assert refused(answer, "not_allowed", 403, permission="rsvp.reply")
    for who in (funder, meetings.coordinator):
        answer = await replies.send(who, "yes")
        assert refused(answer, "not_allowed", 403, permission="rsvp.reply")


async def test_who_may_read_who_comes_answers_for_nobody_else(
    meetings: Meetings, network: Network
) -> None:
    both = await network.people.person(
        "Bo Both", (Role.COORDINATOR, network.programme_id), (Role.ADVISER, network.programme_id)
    )
    replies = await Replies.begin(meetings)
    rsvp = await replies.reply(meetings.team.lead)
    told = await network.seen(both, f"/rsvps/{rsvp['id']}/actions")
    theirs = {"code": "not_yours", "detail": "This is somebody else's reply: they answer for "}
    theirs["detail"] += "themselves."
    assert [(one["name"], one["unmet"]) for one in told["actions"]] == [
        ("decline", [theirs]),
        ("delegate", [theirs]),
    ]
    for move, body in (("decline", {}), ("delegate", {"account_id": str(both.account_id)})):
        answer = await meetings.call(both, "POST", f"/rsvps/{rsvp['id']}/{move}", body)
        assert refused(answer, "guards_unmet", 409, unmet=[theirs])
    full = await Replies.begin(meetings, capacity=1, title="Full", local_start="2026-03-17T10:00")
    has_it = await full.reply(meetings.team.lead)
    waiting = await full.reply(meetings.team.member)
    await full.moved(has_it, "decline", meetings.team.lead)
    answer = await meetings.call(both, "POST", f"/rsvps/{waiting['id']}/accept")
    assert refused(answer, "guards_unmet", 409, unmet=[theirs])


async def test_whoever_leads_it_sends_no_reply(meetings: Meetings, network: Network) -> None:
    leads = [str(one.account_id) for one in (meetings.facilitator, meetings.team.lead)]
    replies = await Replies.begin(meetings, facilitator_ids=leads)
    answer = await replies.send(meetings.team.lead, "yes")
    assert refused(answer, "leads_session", 409)
    assert await replies.waits(meetings.team.lead) == []
    assert await replies.waits(meetings.team.member) == [("reply_to_session", STARTS_AT)]


@pytest.mark.parametrize("status", ["draft", "postponed", "live", "held", "cancelled"])
async def test_nobody_replies_to_what_does_not_take_place(meetings: Meetings, status: str) -> None:
    when = {} if status in ("live", "held") else {"local_start": "2026-03-16T10:00"}
    replies = Replies(meetings, await meetings.session(status, **when))
    said = f"The session is {status}: it takes no replies."
    unmet = {"code": "session_not_open", "detail": said}
    for reply in ("yes", "tentative", "no"):
        answer = await replies.send(meetings.team.lead, reply)
        assert answer.status_code == 409
        assert answer.json()["unmet"][0] == unmet
    assert await replies.waits(meetings.team.lead) == []


async def test_nobody_waits_for_what_was_put_off(meetings: Meetings) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    rsvp = await replies.reply(meetings.team.lead)
    await meetings.moved(replies.session, "postpone")
    unmet = {
        "code": "session_not_open",
        "detail": "The session is postponed: it takes no replies.",
    }
    answer = await replies.send(meetings.team.member, "yes")
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    body = {"account_id": str(meetings.team.member.account_id)}
    answer = await meetings.call(meetings.team.lead, "POST", f"/rsvps/{rsvp['id']}/delegate", body)
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])


async def test_replies_close_before_it_begins(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings, reply_hours=48, capacity=1)
    lead, member = meetings.team.lead, meetings.team.member
    other_leads = [str(meetings.coordinator.account_id)]
    free = await Replies.begin(meetings, reply_hours=48, facilitator_ids=other_leads)
    closes = BEGINS - timedelta(hours=48)
    assert replies.session["replies_due_at"] == "2026-03-14T10:00:00.000000Z"
    rsvp = await replies.reply(lead)
    clock.set(closes - MICROSECOND)
    due = [("reply_to_session", "2026-03-14T10:00:00.000000Z")]
    assert await replies.waits(member) == due * 2
    assert (await replies.reply(member))["status"] == "waitlisted"
    clock.set(closes)
    closed = {
        "code": "replies_closed",
        "detail": "Replies have closed. Write to whoever leads the session.",
    }
    other = await another(meetings, 2)
    assert await replies.waits(other.lead) == []
    for reply in ("yes", "tentative"):
        assert refused(await replies.send(other.lead, reply), "guards_unmet", 409, unmet=[closed])
    assert refused(await free.send(other.lead, "yes"), "guards_unmet", 409, unmet=[closed])
    body = {"account_id": str(member.account_id)}
    answer = await meetings.call(lead, "POST", f"/rsvps/{rsvp['id']}/delegate", body)
    assert refused(answer, "guards_unmet", 409, unmet=[closed])
    clock.set(BEGINS - timedelta(hours=1))
    await replies.moved(rsvp, "decline", lead)
    offered = await replies.seen(member)
    assert (offered["status"], offered["offer_expires_at"]) == ("offered", STARTS_AT)
    assert await replies.waits(member) == [("accept_offered_seat", STARTS_AT)]
    clock.set(BEGINS - MICROSECOND)
    taken = await replies.moved(offered, "accept", member)
    assert taken["status"] == "yes"
    clock.set(BEGINS)
    begun = {"code": "session_begun", "detail": "The session has begun: it takes no replies."}
    answer = await meetings.call(member, "POST", f"/rsvps/{taken['id']}/decline", {})
    assert refused(answer, "guards_unmet", 409, unmet=[begun])


async def test_a_seat_that_is_freed_is_offered_to_whoever_waited_longest(
    meetings: Meetings, network: Network, clock: FixedClock, database: Database
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    lead, member, other = meetings.team.lead, meetings.team.member, await another(meetings, 2)
    has_it = await replies.reply(lead)
    waiting = await replies.reply(member)
    assert waiting == replies.shown(
        member, meetings.team, "waitlisted", id=waiting["id"], waiting_since=START
    )
    assert await replies.reply(member) == waiting
    await replies.reply(other.lead)
    assert (await replies.reply(other.member, "tentative"))["status"] == "tentative"
    assert await replies.seats() == (1, 0, 2)
    await replies.moved(has_it, "decline", lead)
    offered = await replies.seen(member)
    assert offered == replies.shown(
        member,
        meetings.team,
        "offered",
        id=waiting["id"],
        offered_at=START,
        offer_expires_at=LATER,
        version=2,
    )
    assert await replies.waits(member) == [("accept_offered_seat", LATER)]
    assert await replies.waits(lead) == []
    assert await replies.seats() == (1, 0, 1)
    clock.advance(MICROSECOND)
    assert (await replies.reply(lead))["status"] == "waitlisted"
    clock.advance(timedelta(hours=24) - 2 * MICROSECOND)
    assert await settle_seats(database, clock) == 0
    clock.advance(MICROSECOND)
    expired = {
        "code": "offer_expired",
        "detail": "The offer has expired. Reply again to wait for another seat.",
    }
    assert await replies.waits(member) == []
    answer = await meetings.call(member, "POST", f"/rsvps/{waiting['id']}/accept")
    assert refused(answer, "guards_unmet", 409, unmet=[expired])
    told = await network.seen(member, f"/rsvps/{waiting['id']}/actions")
    assert [
        (one["name"], [unmet["code"] for unmet in one["unmet"]]) for one in told["actions"]
    ] == [
        ("accept", ["offer_expired"]),
        ("decline", []),
    ]
    assert await settle_seats(database, clock) == 2
    assert await settle_seats(database, clock) == 0
    assert (await replies.seen(member))["status"] == "lapsed"
    theirs = await replies.seen(other.lead)
    assert (theirs["status"], theirs["offered_at"]) == ("offered", LATER)
    taken = await replies.moved(theirs, "accept", other.lead)
    assert (taken["status"], taken["offer_expires_at"]) == ("yes", None)
    assert (await replies.reply(member))["status"] == "waitlisted"
    assert await replies.seats() == (1, 0, 2)


async def test_an_offer_that_has_lapsed_is_passed_on_before_the_clock_comes(
    meetings: Meetings, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    lead, member, other = meetings.team.lead, meetings.team.member, await another(meetings, 2)
    for who in (lead, member):
        await replies.reply(who)
    await replies.reply(lead, "no")
    clock.advance(timedelta(days=2))
    assert (await replies.reply(other.lead))["status"] == "yes"
    assert (await replies.seen(member))["status"] == "lapsed"


async def test_more_room_is_offered_by_the_clock(
    meetings: Meetings, clock: FixedClock, database: Database
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    other = await another(meetings, 2)
    for who in (meetings.team.lead, meetings.team.member, other.lead, other.member):
        await replies.reply(who)
    read = await meetings.done(meetings.facilitator, "GET", replies.path)
    read = await meetings.done(
        meetings.facilitator, "PATCH", replies.path, {"capacity": 2}, read=read
    )
    assert await settle_seats(database, clock) == 1
    assert await replies.seats() == (2, 0, 2)
    await meetings.done(meetings.facilitator, "PATCH", replies.path, {"capacity": None}, read=read)
    assert await settle_seats(database, clock) == 2
    assert await replies.seats() == (4, None, 0)


async def test_a_round_leaves_alone_what_another_holds(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    """Said of the statement: it skips what is locked."""
    replies = await Replies.begin(meetings, capacity=1)
    for who in (meetings.team.lead, meetings.team.member):
        await replies.reply(who)
    with statements() as sent:
        await settle_seats(database, clock)
    assert [one for one in sent if "OF learning_sessions SKIP LOCKED" in one]


async def test_who_moved_by_more_than_half_an_hour_is_asked_again(
    meetings: Meetings, network: Network
) -> None:
    replies, member = await Replies.begin(meetings, capacity=5), meetings.team.member
    rsvp = await replies.reply(member)
    read = replies.session
    for start, is_asked in (("10:30", False), ("10:31", True), ("09:30", False), ("09:29", True)):
        body = {"local_start": f"2026-03-16T{start}"}
        read = await meetings.done(meetings.facilitator, "PATCH", replies.path, body, read=read)
        told = await replies.seen(member)
        assert (told["is_asked_again"], told["status"]) == (is_asked, "yes"), start
        asked = [("reply_to_session", read["starts_at"])] if is_asked else []
        assert await replies.waits(member) == asked, start
    again = await replies.reply(member)
    assert again == replies.shown(
        member, meetings.team, "yes", id=rsvp["id"], replied_for=read["starts_at"], version=2
    )
    assert await replies.waits(member) == []
    history = await network.seen(meetings.coordinator, f"/rsvps/{rsvp['id']}/history")
    assert [row["verb"] for row in history["items"]] == ["rsvp.accepted", "rsvp.confirmed"]


async def test_a_seat_is_delegated_within_a_collaboration(
    meetings: Meetings, network: Network
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    lead, member, other = meetings.team.lead, meetings.team.member, await another(meetings, 2)
    rsvp = await replies.reply(lead)
    await replies.reply(other.lead)
    for unknown in (other.lead, lead, meetings.facilitator):
        body = {"account_id": str(unknown.account_id)}
        answer = await meetings.call(lead, "POST", f"/rsvps/{rsvp['id']}/delegate", body)
        fault = {"pointer": "/account_id", "code": "delegate_unknown", "detail": ANY}
        assert refused(answer, "delegate_unknown", 422, errors=[fault])
    body = {"account_id": str(member.account_id)}
    gone = await replies.moved(rsvp, "delegate", lead, body)
    assert gone == replies.shown(
        lead,
        meetings.team,
        "delegated",
        id=rsvp["id"],
        delegated_to=named(member),
        version=2,
    )
    theirs = await replies.seen(member)
    asked = {"replied_at": None, "replied_for": None, "is_asked_again": True}
    assert theirs == replies.shown(member, meetings.team, "yes", id=theirs["id"], **asked)
    assert await replies.waits(member) == [("reply_to_session", STARTS_AT)]
    assert await replies.seats() == (1, 0, 1)
    confirmed = await replies.reply(member)
    assert (confirmed["is_asked_again"], confirmed["status"]) == (False, "yes")
    assert (await replies.reply(lead))["status"] == "waitlisted"
    back = {"account_id": str(lead.account_id)}
    await replies.moved(confirmed, "delegate", member, back)
    assert (await replies.seen(lead))["status"] == "yes"
    assert await replies.seats() == (1, 0, 1)


async def test_a_seat_goes_to_nobody_who_has_one(meetings: Meetings) -> None:
    replies, lead, member = await Replies.begin(meetings), meetings.team.lead, meetings.team.member
    rsvp = await replies.reply(lead)
    await replies.reply(member)
    body = {"account_id": str(member.account_id)}
    answer = await meetings.call(lead, "POST", f"/rsvps/{rsvp['id']}/delegate", body)
    assert refused(answer, "delegate_comes", 409)
    assert (await replies.seen(lead))["status"] == "yes"


async def test_needs_are_shown_to_whoever_leads_it_alone(
    meetings: Meetings, network: Network
) -> None:
    replies, lead, member = await Replies.begin(meetings), meetings.team.lead, meetings.team.member
    rsvp, other = await replies.reply(member), await replies.reply(lead)
    needs = {"access": "Captions, please.", "dietary": None}
    one = f"/rsvps/{rsvp['id']}/needs"
    said = {"id": rsvp["id"], "account": named(member), **needs}
    assert await meetings.done(member, "PUT", one, needs) == said
    assert await meetings.done(member, "PUT", one, needs) == said
    assert await meetings.done(member, "GET", one) == said
    assert await meetings.done(meetings.facilitator, "GET", one) == said
    whole = {"learning_session_id": replies.session["id"], "people": [said]}
    assert await meetings.done(meetings.facilitator, "GET", f"{replies.path}/needs") == whole
    for who, path in (
        (meetings.coordinator, one),
        (network.manager, one),
        (meetings.coordinator, f"{replies.path}/needs"),
        (member, f"{replies.path}/needs"),
    ):
        answer = await meetings.call(who, "GET", path)
        assert refused(answer, "not_the_leader", 403)
    shown = [await network.seen(who, f"/rsvps/{rsvp['id']}") for who in (member, network.manager)]
    history = await network.seen(network.manager, f"/rsvps/{rsvp['id']}/history")
    assert "Captions" not in f"{shown} {history}"
    assert [row["verb"] for row in history["items"]] == ["rsvp.accepted", "rsvp.needs_said"]
    await replies.reply(member, "no")
    empty = await meetings.done(meetings.facilitator, "GET", f"{replies.path}/needs")
    assert empty == whole | {"people": []}
    assert other["status"] == "yes"


async def test_who_is_erased_is_not_known_by_what_they_replied(
    meetings: Meetings, network: Network, clock: FixedClock, db: AsyncSession, database: Database
) -> None:
    replies, member = await Replies.begin(meetings, capacity=1), meetings.team.member
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    rsvp = await replies.reply(member, "yes", "I am back from hospital.")
    needs = {"access": "A ramp.", "dietary": "No nuts."}
    await meetings.done(member, "PUT", f"/rsvps/{rsvp['id']}/needs", needs)
    await replies.reply(meetings.team.lead)
    why = {"reason": "They have left."}
    await meetings.done(administrator, "POST", f"/accounts/{member.account_id}/disable", why)
    assert await settle_seats(database, clock) == 2
    assert (await replies.seen(meetings.team.lead))["status"] == "offered"
    clock.advance(timedelta(hours=3))
    await forget(db, Erased([member.account_id], [], now(db)))
    await db.commit()
    told = await network.seen(network.manager, f"/rsvps/{rsvp['id']}")
    assert (told["status"], told["reason"]) == ("no", None)
    assert told["account"] == named(member) | {"name": "Erased person"}
    shown = await meetings.done(meetings.facilitator, "GET", f"/rsvps/{rsvp['id']}/needs")
    assert (shown["access"], shown["dietary"]) == (None, None)


@pytest.mark.parametrize("leaves", ["withdraw", "complete", "remove"])
async def test_a_member_who_leaves_frees_her_seats(
    meetings: Meetings, network: Network, leaves: str
) -> None:
    replies = await Replies.begin(meetings, capacity=2)
    over = Replies(meetings, await meetings.session("scheduled", local_start="2026-03-02T09:15"))
    other, third = await another(meetings, 2), await another(meetings, 3)
    both = await network.people.person(
        "Tess Twice",
        (Role.COLLABORATION_MEMBER, meetings.team.id),
        (Role.COLLABORATION_MEMBER, other.id),
    )
    kept = await over.reply(meetings.team.lead)
    await meetings.moved(over.session, "begin")
    rsvp, twice = await replies.reply(meetings.team.lead), await replies.reply(both)
    waiting = await replies.reply(third.lead)
    assert twice["collaboration"] == meetings.team.ref
    path = f"/memberships/{rsvp['membership_id']}/{leaves}"
    foreseen = await network.seen(meetings.coordinator, f"{path}/preview")
    things = {one["code"]: one["things"] for one in foreseen["consequences"]}
    assert {one["id"] for one in things["seats_are_freed"]} == {rsvp["id"], twice["id"]}
    body = {
        "withdraw": {"departure": "capacity", "reason": "Too few hands."},
        "complete": None,
        "remove": {"reason": "No sign of life."},
    }[leaves]
    for who in (meetings.coordinator, network.manager)[: 1 + (leaves == "remove")]:
        await meetings.done(who, "POST", path, body)
    told = await network.seen(network.manager, f"{replies.path}/rsvps")
    assert {one["id"]: (one["status"], one["collaboration"]) for one in told["items"]} == {
        rsvp["id"]: ("no", meetings.team.ref),
        twice["id"]: ("yes", other.ref),
        waiting["id"]: ("offered", third.ref),
    }
    assert (await network.seen(network.manager, f"/rsvps/{kept['id']}"))["status"] == "yes"


async def test_nothing_is_asked_of_a_session_that_was_cancelled(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    lead, member = meetings.team.lead, meetings.team.member
    has_it = await replies.reply(lead)
    offered = await replies.reply(member)
    await replies.moved(has_it, "decline", lead)
    assert await replies.seats() == (1, 0, 0)
    await meetings.done(meetings.facilitator, "POST", f"{replies.path}/cancel", WHY)
    assert await replies.seats() == (0, 1, 0)
    assert await replies.waits(member) == []
    answer = await meetings.call(member, "POST", f"/rsvps/{offered['id']}/accept")
    said = "The session is cancelled: it takes no replies."
    unmet = {"code": "session_not_open", "detail": said}
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
    clock.advance(timedelta(days=2))
    assert await settle_seats(database, clock) == 0


async def test_whoever_replies_holds_the_session(meetings: Meetings) -> None:
    replies = await Replies.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    with statements() as sent:
        rsvp = await replies.reply(lead)
    assert len([one for one in sent if "FOR NO KEY UPDATE OF learning_sessions" in one]) == 1
    body = {"account_id": str(member.account_id)}
    with statements() as sent:
        await replies.moved(rsvp, "delegate", lead, body)
    assert len([one for one in sent if "FOR NO KEY UPDATE OF learning_sessions" in one]) == 1


async def test_no_more_statements_for_more(meetings: Meetings, network: Network) -> None:
    for waiting in (1, 6):
        taken: dict[str, int] = {}
        replies = await Replies.begin(
            meetings, capacity=1, title=f"{waiting}", local_start=f"2026-03-1{waiting}T10:00"
        )
        with statements() as sent:
            rsvp = await replies.reply(meetings.team.lead)
        taken["reply"] = len(sent)
        for number in range(waiting):
            role = (Role.COLLABORATION_MEMBER, meetings.team.id)
            person = await network.people.person(f"Person {waiting} {number}", role)
            with statements() as sent:
                await replies.reply(person)
            taken["wait"] = max(len(sent), taken.get("wait", 0))
        with statements() as sent:
            await replies.reply(meetings.team.lead, "yes", "Gladly.")
        taken["confirm"] = len(sent)
        for path in ("/rsvps?include_total=true", f"{replies.path}/rsvps", f"/rsvps/{rsvp['id']}"):
            with statements() as sent:
                await network.seen(meetings.coordinator, path)
            assert len(sent) == 1, path
        body = {"account_id": str(meetings.team.member.account_id)}
        with statements() as sent:
            await replies.moved(rsvp, "delegate", meetings.team.lead, body)
        taken["delegate"] = len(sent)
        with statements() as sent:
            await replies.reply(meetings.team.member, "no")
        taken["no"] = len(sent)
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}


async def test_a_clash_of_ones_own_sessions_is_a_warning(meetings: Meetings) -> None:
    """One after the other is none, and nobody is refused for it."""
    lead, member = meetings.team.lead, meetings.team.member
    led = {"facilitator_ids": [str(lead.account_id)]}
    first = await Replies.begin(meetings, local_start="2026-03-16T10:00")
    after = await Replies.begin(meetings, title="After", local_start="2026-03-16T11:30")
    meanwhile = await Replies.begin(
        meetings, title="Meanwhile", local_start="2026-03-16T11:29", **led
    )
    assert (await first.reply(member))["is_clashing"] is False
    assert (await after.reply(member))["is_clashing"] is False
    clashing = await meanwhile.reply(member, "tentative")
    assert (clashing["status"], clashing["is_clashing"]) == ("tentative", True)
    assert (await first.seen(member))["is_clashing"] is False
    await meanwhile.reply(member)
    assert [(await one.seen(member))["is_clashing"] for one in (first, after)] == [True, True]
    assert (await first.reply(lead))["is_clashing"] is True
    await meanwhile.reply(member, "no")
    found = [(await one.seen(member))["is_clashing"] for one in (first, after, meanwhile)]
    assert found == [False, False, False]
