"""Guests of sessions over HTTP: by a link that works once, on a seat that is kept."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.learning.sessions.guests.models import SessionGuest
from app.people.erasures.personal import Person as Erased
from app.people.erasures.queries import forget
from tests.answers import START, page, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import STARTS_AT, Replies, named

GRACE = {"name": "Grace Hopper", "email": "Grace@example.org"}
ROOM = {"place": "The long room", "link": "https://example.org/rooms/1"}


async def invited(replies: Replies, **fields: Any) -> Json:
    meetings = replies.meetings
    path = f"{replies.path}/guests"
    return await meetings.done(meetings.facilitator, "POST", path, GRACE | fields)


async def answer(meetings: Meetings, guest: Json, reply: str = "yes") -> httpx.Response:
    body = {"token": guest["link"].partition("#")[2], "reply": reply}
    return await meetings.network.client.post("/v1/session-guests/answer", json=body)


async def test_a_guest_answers_once(meetings: Meetings, network: Network, db: AsyncSession) -> None:
    replies = await Replies.begin(meetings, **ROOM)
    guest = await invited(replies)
    assert guest == {"id": ANY, "status": "invited", "link": ANY}
    path = f"/session-guests/{guest['id']}"
    shown = await network.seen(meetings.coordinator, path)
    assert shown == {
        "id": guest["id"],
        "learning_session": {
            "id": replies.session["id"],
            "reference": None,
            "name": replies.session["title"],
        },
        "name": "Grace Hopper",
        "email": "grace@example.org",
        "status": "invited",
        "invited_by": named(meetings.facilitator),
        "answered_at": None,
        "available_actions": [
            {
                "name": "withdraw",
                "operation_id": "withdraw_session_guest",
                "method": "POST",
                "href": f"/v1{path}/withdraw",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    listed = await network.seen(meetings.coordinator, f"{replies.path}/guests")
    assert listed == await network.seen(meetings.coordinator, "/session-guests") == page(shown)
    told = await answer(meetings, guest)
    assert (told.status_code, told.headers["Cache-Control"]) == (200, "no-store")
    assert told.json() == {
        "title": replies.session["title"],
        "starts_at": STARTS_AT,
        "ends_at": "2026-03-16T11:30:00.000000Z",
        "timezone": "Europe/London",
        "status": "accepted",
        **ROOM,
    }
    for reply in ("yes", "no"):
        assert refused(await answer(meetings, guest, reply), "guest_link_used", 409)
    token = guest["link"].partition("#")[2]
    rows = (await db.scalars(select(SessionGuest))).all()
    assert token.encode() not in rows[0].digest
    for made_up in (token[:-1] + ("1" if token[-1] == "0" else "0"), "nothing"):
        body = {"token": made_up, "reply": "yes"}
        unknown = await network.client.post("/v1/session-guests/answer", json=body)
        assert refused(unknown, "session_guest_not_found", 404)
    other = await invited(replies, email="ada@example.org")
    declined = (await answer(meetings, other, "no")).json()
    assert (declined["status"], declined["place"], declined["link"]) == ("declined", None, None)
    history = await network.seen(meetings.coordinator, f"{path}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"]] == [
        ("session_guest.invited", {}),
        ("session_guest.accepted", {}),
    ]


async def test_a_seat_is_kept_for_a_guest(meetings: Meetings, network: Network) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    with statements() as sent:
        guest = await invited(replies)
    assert len([one for one in sent if "FOR NO KEY UPDATE OF learning_sessions" in one]) == 1
    answered = await meetings.call(
        meetings.facilitator, "POST", f"{replies.path}/guests", GRACE | {"email": "b@example.org"}
    )
    assert refused(answered, "session_full", 409)
    lead, member = meetings.team.lead, meetings.team.member
    assert (await replies.reply(lead))["status"] == "waitlisted"
    assert (await replies.reply(member))["status"] == "waitlisted"
    told = await meetings.done(lead, "GET", f"{replies.path}/seats")
    assert told == {
        "learning_session_id": replies.session["id"],
        "capacity": 1,
        "taken": 1,
        "guests": 1,
        "free": 0,
        "tentative": 0,
        "waiting": 2,
    }
    path = f"/session-guests/{guest['id']}/withdraw"
    withdrawn = await meetings.done(meetings.facilitator, "POST", path)
    assert (withdrawn["status"], withdrawn["available_actions"]) == ("withdrawn", [])
    assert (await replies.seen(lead))["status"] == "offered"
    assert refused(await answer(meetings, guest), "guest_link_used", 409)
    await replies.reply(lead, "no")
    await replies.reply(member, "no")
    again = await invited(replies)
    await replies.reply(lead)
    await answer(meetings, again, "no")
    assert (await replies.seen(lead))["status"] == "offered"


async def test_an_address_is_invited_once(meetings: Meetings) -> None:
    replies = await Replies.begin(meetings)
    first = await invited(replies)
    path = f"{replies.path}/guests"
    twice = await meetings.call(meetings.facilitator, "POST", path, GRACE)
    assert refused(twice, "guest_already_invited", 409, at="/email")
    await answer(meetings, first, "no")
    assert (await invited(replies))["status"] == "invited"


async def test_nobody_is_invited_to_what_is_not_to_come(
    meetings: Meetings, clock: FixedClock
) -> None:
    unmet = {
        "code": "session_not_to_come",
        "detail": "The session is not to come, or not at a known time.",
    }
    draft = Replies(meetings, await meetings.session(local_start="2026-03-17T10:00"))
    answered = await meetings.call(meetings.facilitator, "POST", f"{draft.path}/guests", GRACE)
    assert refused(answered, "guards_unmet", 409, unmet=[unmet])
    replies = await Replies.begin(meetings)
    guests = [await invited(replies, email=f"{n}@example.org") for n in range(2)]
    begins = datetime(2026, 3, 16, 10, 0, tzinfo=UTC)
    clock.set(begins - timedelta(microseconds=1))
    assert (await answer(meetings, guests[0])).status_code == 200
    clock.set(begins)
    assert refused(await answer(meetings, guests[1]), "guards_unmet", 409, unmet=[unmet])


async def test_the_link_is_mailed_where_mail_is_sent(
    meetings: Meetings, database: Database, db: AsyncSession
) -> None:
    replies = await Replies.begin(meetings)
    database.info["has_mail"] = True
    guest = await invited(replies)
    assert guest["link"] is None
    (letter,) = await db.scalars(select(MailMessage).where(MailMessage.noun == "session_guest"))
    assert letter.recipient == "grace@example.org"
    assert "/session-guests/answer#pln_sg_" in (letter.text or "")


async def test_who_takes_part_does_not_see_guests(meetings: Meetings, network: Network) -> None:
    replies = await Replies.begin(meetings)
    guest = await invited(replies)
    for path in (f"/session-guests/{guest['id']}", f"/session-guests/{guest['id']}/actions"):
        answered = await meetings.call(meetings.team.lead, "GET", path)
        assert refused(answered, "session_guest_not_found", 404)
    answered = await meetings.call(meetings.team.lead, "GET", f"{replies.path}/guests")
    assert refused(answered, "not_allowed", 403, permission="session_guest.read")
    answered = await meetings.call(meetings.team.lead, "POST", f"{replies.path}/guests", GRACE)
    assert refused(answered, "not_allowed", 403, permission="session_guest.invite")
    told = await network.seen(meetings.coordinator, f"/session-guests/{guest['id']}/actions")
    assert [(one["name"], one["possible"]) for one in told["actions"]] == [("withdraw", True)]


async def test_a_guest_can_be_forgotten(
    meetings: Meetings, network: Network, db: AsyncSession
) -> None:
    replies = await Replies.begin(meetings)
    guest = await invited(replies)
    await forget(db, Erased([], ["grace@example.org"], now(db)))
    await db.commit()
    shown = await network.seen(meetings.coordinator, f"/session-guests/{guest['id']}")
    assert (shown["name"], shown["email"]) == ("Erased person", f"{guest['id']}@erased.invalid")
