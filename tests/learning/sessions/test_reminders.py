"""People are reminded of sessions by the one mechanism: of what they have not answered, in the
digest of the day, and of what begins within a day, by itself; each once."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.background.mail import MailMessage
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.overview.desk.reminders.service import remind
from tests.journeys import Json
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.polling import CLOSES_AT, Polling
from tests.learning.sessions.replies import STARTS_AT, Replies
from tests.people.identity.people import Person

EIGHT = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
"""A week before the session, after eight."""
DAY_BEFORE = datetime(2026, 3, 15, 10, tzinfo=UTC)


@pytest.fixture
def database(database: Database) -> Database:
    database.info["has_mail"] = True
    return database


async def told(meetings: Meetings, who: Person) -> list[tuple[str, str, str]]:
    """What somebody was reminded of, as they read it, the first first."""
    found = (await meetings.network.seen(who, "/me/reminders"))["items"]
    kinds = ("reply_to_session", "join_session", "vote_in_session_poll", "accept_offered_seat")
    return [
        (one["work"], one["kind"], one["due_at"]) for one in found[::-1] if one["work"] in kinds
    ]


async def works(meetings: Meetings, who: Person, kind: str) -> list[Json]:
    items = (await meetings.network.seen(who, "/me/work"))["items"]
    return [one for one in items if one["kind"] == kind]


async def letters(database: Database, who: Person) -> Sequence[tuple[str, str]]:
    async with database.transaction() as db:
        found = select(MailMessage.subject, MailMessage.text).where(
            MailMessage.recipient_id == who.account_id
        )
        return [(row.subject, row.text) for row in await db.execute(found)]


UNANSWERED = ("reply_to_session", "week_before", STARTS_AT)
COMING = ("join_session", "day_before", STARTS_AT)


async def test_who_has_not_answered_is_reminded_once_on_each_occasion(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    await replies.reply(lead, "no")
    clock.set(EIGHT)
    for _ in range(2):
        await remind(database, clock)
    assert await told(meetings, member) == [UNANSWERED]
    assert await told(meetings, lead) == []
    assert await told(meetings, meetings.facilitator) == []
    [(subject, text)] = await letters(database, member)
    assert subject == f"Say whether you come to “{replies.session['title']}”"
    assert "this is due on 16 March 2026 (Europe/London)." in text
    clock.set(EIGHT + timedelta(days=7))
    await remind(database, clock)
    assert await told(meetings, member) == [
        UNANSWERED,
        ("reply_to_session", "on_the_day", STARTS_AT),
    ]


async def test_nobody_is_asked_about_what_they_lead_themselves(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    lead = meetings.team.lead
    await Replies.begin(meetings, facilitator_ids=[str(lead.account_id)])
    clock.set(EIGHT)
    await remind(database, clock)
    assert await told(meetings, lead) == []
    assert await told(meetings, meetings.team.member) == [UNANSWERED]


async def test_whoever_replied_is_asked_again_once_it_is_moved(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings)
    member = meetings.team.member
    await replies.reply(member)
    clock.set(EIGHT)
    await remind(database, clock)
    assert await told(meetings, member) == []
    for minute, asked in ((20, []), (45, ["2026-03-16T10:45:00.000000Z"])):
        session = await meetings.done(meetings.facilitator, "GET", replies.path)
        at = {"local_start": f"2026-03-16T10:{minute}"}
        await meetings.done(meetings.facilitator, "PATCH", replies.path, at, read=session)
        clock.advance(timedelta(days=1))
        await remind(database, clock)
        assert [due for _, _, due in await told(meetings, member)] == asked


async def test_who_comes_or_leads_is_reminded_a_day_before(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings)
    lead, member, leads = meetings.team.lead, meetings.team.member, meetings.facilitator
    await replies.reply(member)
    await replies.reply(lead, "no")
    clock.set(DAY_BEFORE - timedelta(minutes=1))
    await remind(database, clock)
    assert await works(meetings, member, "join_session") == []
    assert await told(meetings, member) == []
    clock.set(DAY_BEFORE)
    for _ in range(2):
        await remind(database, clock)
    for who in (member, leads):
        assert await told(meetings, who) == [COMING]
        [waits] = await works(meetings, who, "join_session")
        assert (waits["due_at"], waits["action"]["href"]) == (
            STARTS_AT,
            f"/v1{replies.path}/whereabouts",
        )
        await meetings.done(who, waits["action"]["method"], f"{replies.path}/whereabouts")
        [text] = [text for subject, text in await letters(database, who) if "Take part" in subject]
        assert "it begins on 16 March 2026, 10:00 (Europe/London)." in text
    assert await told(meetings, lead) == []
    assert await works(meetings, lead, "join_session") == []


async def test_whoever_says_yes_on_the_day_knows_it(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings)
    clock.set(DAY_BEFORE + timedelta(hours=1))
    await replies.reply(meetings.team.member)
    await remind(database, clock)
    assert COMING not in await told(meetings, meetings.team.member)
    assert len(await works(meetings, meetings.team.member, "join_session")) == 1


async def test_whoever_is_offered_a_seat_is_told_at_once(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    first = await replies.reply(meetings.team.lead)
    await replies.reply(meetings.team.member)
    await replies.moved(first, "decline", meetings.team.lead)
    for _ in range(2):
        await remind(database, clock)
    assert await told(meetings, meetings.team.member) == [
        ("accept_offered_seat", "half_way", "2026-03-03T09:00:00.000000Z")
    ]


@pytest.mark.parametrize("move", ["cancel", "postpone"])
async def test_nobody_is_reminded_of_what_does_not_take_place(
    meetings: Meetings, database: Database, clock: FixedClock, move: str
) -> None:
    replies = await Replies.begin(meetings)
    await replies.reply(meetings.team.member)
    await meetings.moved(replies.session, move)
    for at in (EIGHT, DAY_BEFORE):
        clock.set(at)
        await remind(database, clock)
    for who in (meetings.team.member, meetings.team.lead, meetings.facilitator):
        assert await told(meetings, who) == []


async def test_nobody_is_reminded_of_what_is_past(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    replies = await Replies.begin(meetings)
    await replies.reply(meetings.team.member)
    clock.set(datetime(2026, 3, 16, 10, tzinfo=UTC))
    await remind(database, clock)
    for who in (meetings.team.member, meetings.team.lead, meetings.facilitator):
        assert await told(meetings, who) == []


async def test_who_has_not_voted_is_reminded(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    polling = await Polling.begin(meetings)
    await polling.vote(meetings.team.lead, first="yes")
    clock.set(datetime(2026, 3, 10, 8, 30, tzinfo=UTC))
    for _ in range(2):
        await remind(database, clock)
    assert await told(meetings, meetings.team.member) == [
        ("vote_in_session_poll", "on_the_day", CLOSES_AT)
    ]
    assert await told(meetings, meetings.team.lead) == []
