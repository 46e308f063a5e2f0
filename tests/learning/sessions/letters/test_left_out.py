"""Whoever has a session in the calendar by letter, and takes no part any more, is told so once."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.db import Database
from app.learning.sessions.letters.models import SessionInvitee
from app.learning.sessions.letters.service import write_of_who_takes_part
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.journeys import Json, Network
from tests.learning.sessions.letters.test_letters import FROM, Post
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import SOON, Replies
from tests.learning.sessions.test_sharing import Two
from tests.people.identity.people import Person

TITLE = "“What makes data worth sharing”"
LEFT = {"reason": "Their steward has moved on.", "departure": "capacity"}


class Rounds(Post):
    """The letters of both rounds."""

    async def round(self) -> int:
        return await super().round() + await write_of_who_takes_part(
            self.database, self.database.clock
        )


@pytest.fixture
def post(database: Database, db: AsyncSession) -> Rounds:
    database.info |= {"has_mail": True, "mail_from": FROM}
    return Rounds(database, db)


def off(sequence: int, *people: Person) -> list[Any]:
    return [(one.email, f"Cancelled: {TITLE}", "CANCEL", sequence) for one in people]


def on(sequence: int, *people: Person) -> list[Any]:
    return [(one.email, f"Session: {TITLE}", "REQUEST", sequence) for one in people]


async def read(meetings: Meetings, session: Json) -> Json:
    return await meetings.done(meetings.facilitator, "GET", f"/learning-sessions/{session['id']}")


async def test_a_cohort_that_is_taken_from_a_session(meetings: Meetings, post: Rounds) -> None:
    two = await Two.begin(meetings)
    session = await two.shared("scheduled")
    ours = (meetings.facilitator, meetings.team.lead, meetings.team.member)
    theirs = (two.team.lead, two.team.member)
    assert sorted(await post.new()) == sorted(on(2, *ours, *theirs))
    answer = await two.share(session, other_cohort_ids=[])
    assert answer.status_code == 200
    assert sorted(await post.new()) == sorted([*on(3, *ours), *off(3, *theirs)])
    assert await post.new() == []
    await meetings.moved(session, "cancel")
    assert sorted(await post.new()) == sorted(off(4, *ours))


async def test_a_member_that_leaves(meetings: Meetings, network: Network, post: Rounds) -> None:
    session = await meetings.session("scheduled", **SOON)
    people = (meetings.team.lead, meetings.team.member)
    assert sorted(await post.new()) == sorted(on(1, meetings.facilitator, *people))
    path = f"/cohorts/{meetings.cohort['id']}/memberships"
    members = (await network.seen(network.coordinator, path))["items"]
    theirs = next(one for one in members if one["collaboration"]["id"] == str(meetings.team.id))
    pause = {"reason": "Their steward is away.", "returns_on": "2026-03-09"}
    await network.done(network.coordinator, f"/memberships/{theirs['id']}/pause", pause)
    assert await post.new() == [], "who is on leave may look in"
    await network.done(meetings.team.lead, f"/memberships/{theirs['id']}/withdraw", LEFT)

    assert sorted(await post.new()) == sorted(off(2, *people))
    told = await read(meetings, session)
    assert (told["sequence"], told["version"]) == (2, session["version"] + 1)
    history = await network.seen(
        meetings.facilitator, f"/learning-sessions/{session['id']}/history?sort=-recorded_at"
    )
    assert (history["items"][0]["verb"], history["items"][0]["detail"]) == (
        "learning_session.people_changed",
        {"left": 2, "returned": 0},
    )
    assert await post.new() == []
    letter = post.sent[people[0].email]
    assert f"{TITLE}, a session of “Cohort 1”, takes place without you on 16 March" in letter


async def test_who_joins_after_the_letters_has_one(
    meetings: Meetings, network: Network, post: Rounds
) -> None:
    session = await meetings.session("scheduled", **SOON)
    assert len(await post.new()) == 3
    late = await network.team(2)
    await network.membership(meetings.cohort, late, "active")
    assert sorted(await post.new()) == sorted(on(1, late.lead, late.member))
    assert await post.new() == []
    assert (await read(meetings, session))["version"] == session["version"]


async def test_who_lets_a_colleague_come(meetings: Meetings, post: Rounds) -> None:
    replies = await Replies.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    assert len(await post.new()) == 3
    rsvp = await replies.reply(lead)
    body = {"account_id": str(member.account_id)}
    await replies.moved(rsvp, "delegate", lead, body)
    assert await post.new() == off(2, lead)
    session = await read(meetings, replies.session)
    path = f"/learning-sessions/{session['id']}"
    later = {"local_start": "2026-03-17T10:00"}
    await meetings.done(meetings.facilitator, "PATCH", path, later, read=session)
    assert sorted(await post.new()) == sorted(on(3, meetings.facilitator, member))
    await replies.reply(lead)
    assert await post.new() == on(3, lead), "higher than what took it out"
    assert await post.new() == []


async def test_who_leads_it_no_more(meetings: Meetings, network: Network, post: Rounds) -> None:
    session = await meetings.session("scheduled", **SOON)
    assert len(await post.new()) == 3
    nobody: dict[str, Any] = {"facilitator_ids": []}
    path = f"/learning-sessions/{session['id']}"
    await meetings.done(meetings.coordinator, "PATCH", path, nobody, read=session)
    assert await post.new() == off(2, meetings.facilitator)


async def test_one_person_under_two_accounts(
    meetings: Meetings, network: Network, post: Rounds, db: AsyncSession
) -> None:
    """The alias had the letter; the person is told, and is known by nothing once erased."""
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    other = await network.people.person("Ben Min", (Role.ADMINISTRATOR, NETWORK_ID))
    session = await meetings.session("scheduled", **SOON)
    assert len(await post.new()) == 3
    old, person = meetings.team.member, await network.people.person("Mem Ber")
    body = {"into_id": str(person.account_id), "reason": "One and the same."}
    await network.done(administrator, f"/accounts/{old.account_id}/merge", body)
    assert await post.new() == [], "whose roles went along takes part"
    roles = (
        await network.seen(administrator, f"/role-assignments?account_id={person.account_id}")
    )["items"]
    [held] = [
        one
        for one in roles
        if one["role"] == "collaboration_member" and one["account"]["id"] == str(person.account_id)
    ]
    end = f"/role-assignments/{held['id']}/end"
    await network.done(administrator, end, {"reason": "They left."})
    assert await post.new() == off(2, person)
    assert await post.new() == []

    rows = select(func.count()).where(SessionInvitee.account_id == old.account_id)
    assert await db.scalar(rows) == 1
    why = {"reason": "They asked for it."}
    await network.done(administrator, f"/accounts/{person.account_id}/disable", why)
    for who in (administrator, other):
        headers = {**await network.headers(who), "If-Match": "*"}
        path = f"/v1/accounts/{person.account_id}/erase"
        answer = await network.client.post(path, json=why, headers=headers)
        assert answer.is_success, answer.text
    assert await db.scalar(rows) == 0
    assert await db.scalar(select(func.count()).select_from(SessionInvitee)) == 2
    assert session["sequence"] == 1
