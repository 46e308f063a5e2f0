"""Letters about sessions: to each who takes part, once for each change that calendars show."""

from datetime import UTC, datetime
from typing import Any

import icalendar
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.background.mail import MailMessage
from app.background.smtp import Letter, _written
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.learning.sessions.letters.service import write_of_sessions
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from app.settings import Settings
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

FROM = "The network <network@example.org>"
LATER = "2026-03-16T10:00"
WHERE = {"local_start": LATER, "link": "https://example.org/rooms/1"}


class Post:
    """The letters that are queued, round by round."""

    def __init__(self, database: Database, db: AsyncSession) -> None:
        self.database, self.db = database, db
        self.seen: set[Any] = set()
        self.sent: dict[str, str] = {}

    async def round(self) -> int:
        return await write_of_sessions(self.database, self.database.clock)

    async def new(self) -> list[tuple[str, str, str, int]]:
        """Of each letter since the last look: to whom, what, what it asks, and the sequence."""
        await self.round()
        rows = await self.db.scalars(select(MailMessage).order_by(MailMessage.recipient))
        fresh = [one for one in rows if one.id not in self.seen]
        await self.db.commit()
        self.seen |= {one.id for one in fresh}
        self.sent |= {one.recipient: one.text or "" for one in fresh}
        found: list[tuple[str, str, str, int]] = []
        for one in fresh:
            calendar = icalendar.Calendar.from_ical(one.calendar or "")
            [event] = calendar.events
            assert event["attendee"] == f"mailto:{one.recipient}"
            assert event["organizer"] == "mailto:network@example.org"
            said = str(calendar["method"]), int(event["sequence"])
            found.append((one.recipient, one.subject, *said))
        return found


@pytest.fixture
def post(database: Database, db: AsyncSession) -> Post:
    database.info |= {"has_mail": True, "mail_from": FROM}
    return Post(database, db)


def to_all(meetings: Meetings, subject: str, method: str, sequence: int) -> list[Any]:
    people = (meetings.facilitator, meetings.team.lead, meetings.team.member)
    return [(one.email, subject, method, sequence) for one in people]


async def changed(meetings: Meetings, session: Json, **said: Any) -> Json:
    path = f"/learning-sessions/{session['id']}"
    return await meetings.done(meetings.facilitator, "PATCH", path, said, read=session)


async def test_who_takes_part_is_invited_once_for_each_change(
    meetings: Meetings, post: Post
) -> None:
    title = "“What makes data worth sharing”"
    session = await meetings.session("draft", **WHERE)
    assert await post.new() == []
    session = await meetings.moved(session, "schedule")
    assert await post.new() == to_all(meetings, f"Session: {title}", "REQUEST", 1)
    assert await post.new() == []
    session = await changed(meetings, session, agenda=[{"title": "Talk", "minutes": 30}])
    assert await post.new() == []
    session = await changed(meetings, session, local_start="2026-03-17T10:00")
    session = await changed(meetings, session, duration_minutes=60)
    assert await post.new() == to_all(meetings, f"Session: {title}", "REQUEST", 4)
    session = await meetings.moved(session, "postpone")
    assert await post.new() == to_all(meetings, f"Session: {title}", "REQUEST", 5)
    await meetings.moved(session, "cancel")
    assert await post.new() == to_all(meetings, f"Cancelled: {title}", "CANCEL", 6)
    assert await post.round() == 0


async def test_what_a_letter_says(meetings: Meetings, post: Post, settings: Settings) -> None:
    await meetings.session("scheduled", **WHERE)
    assert await post.round() == 3
    to = meetings.team.member
    row = await post.db.scalar(select(MailMessage).where(MailMessage.recipient == to.email))
    assert row is not None
    assert row.text == (
        "Dear “Member 1”,\n\n“What makes data worth sharing”, a session of “Cohort 1”, takes place "
        "on 16 March 2026, 10:00 (Europe/London).\n\n"
        "The calendar that comes with this letter says the same to your calendar program.\n"
    )
    letter = Letter(row.id, to.email, row.subject, row.text, row.queued_at, row.calendar)
    plain, calendar = _written(letter, settings).iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert (calendar.get_content_type(), calendar.get_param("method")) == (
        "text/calendar",
        "REQUEST",
    )
    [event] = icalendar.Calendar.from_ical(calendar.get_content()).events
    assert (event["url"], event["status"]) == (WHERE["link"], "CONFIRMED")


async def test_nobody_hears_that_what_nobody_heard_of_is_off(
    meetings: Meetings, post: Post, network: Network
) -> None:
    session = await meetings.session("scheduled", **WHERE)
    session = await meetings.moved(session, "postpone")
    assert await post.new() == []
    await meetings.moved(session, "cancel")
    assert await post.new() == []


async def test_what_is_over_is_nobodys_letter(
    meetings: Meetings, post: Post, clock: FixedClock
) -> None:
    await meetings.session("scheduled", **WHERE)
    clock.set(datetime(2026, 3, 16, 11, 30, tzinfo=UTC))
    assert await post.new() == []


async def test_who_takes_no_part_now_is_not_written_to(
    meetings: Meetings, post: Post, network: Network
) -> None:
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    paused, joining = await network.team(2), await network.team(3)
    await network.membership(meetings.cohort, paused, "paused")
    await network.membership(meetings.cohort, joining, "accepted")
    gone: Person = meetings.team.member
    path = f"/accounts/{gone.account_id}/disable"
    await meetings.done(administrator, "POST", path, {"reason": "They have left."})
    await meetings.session("scheduled", **WHERE)
    assert [to for to, *_ in await post.new() if to.startswith(("lead", "member", "faye"))] == [
        meetings.facilitator.email,
        meetings.team.lead.email,
    ]


async def test_without_a_mail_server_nobody_is_written_to(
    meetings: Meetings, database: Database
) -> None:
    await meetings.session("scheduled", **WHERE)
    assert await write_of_sessions(database, database.clock) == 0
