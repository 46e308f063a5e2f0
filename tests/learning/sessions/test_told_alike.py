"""What is read of sessions and series is what a verb answers, in one statement, whatever is in
them; and no verb takes more statements for more."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.queries import actor_of
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.polling import Polling
from tests.learning.sessions.replies import Replies
from tests.people.reads.test_told_alike import alike

ODD = 'Odd "text", {x: y} and a \\ or two'
AT_MOST = {"create": 24, "edit": 16, "schedule": 14}
"""Who makes a verb take fewer writes the new number here."""


def full(meetings: Meetings, size: int) -> Json:
    people = (meetings.facilitator, meetings.team.lead, meetings.team.member)
    return {
        "title": ODD,
        "purpose": f"{ODD}\n and\u2028 more",
        "agenda": [{"title": ODD, "minutes": 1}] * size,
        "materials": [{"title": ODD, "url": "https://example.org/"}] * size,
        "facilitator_ids": [str(one.account_id) for one in people[: min(size, 3)]],
    }


async def test_each_role_reads_what_a_verb_answers(
    meetings: Meetings, network: Network, db: AsyncSession
) -> None:
    session = await meetings.session("scheduled", **full(meetings, 3))
    seated = await Replies.begin(meetings, title=ODD)
    rsvp = await seated.reply(meetings.team.member, "tentative", f"{ODD}\u2028")
    asked = {"name": ODD, "email": "grace@example.org"}
    path = f"{seated.path}/guests"
    guest = await meetings.done(meetings.facilitator, "POST", path, asked)
    poll = (await Polling.begin(meetings, title=ODD, learning_session_id=session["id"])).poll
    added = {"added": ["2026-03-17T10:00", "2026-03-18T10:00"]}
    series = await meetings.series("FREQ=WEEKLY;COUNT=1", **added)
    team = meetings.team
    for who in (network.manager, meetings.facilitator, team.lead, team.member):
        actor = await actor_of(db, who.account_id)
        assert actor is not None
        for thing in (
            ("learning-sessions", session["id"]),
            ("session-series", series["id"]),
            ("rsvps", rsvp["id"]),
            ("session-polls", poll["id"]),
            ("session-guests", guest["id"]),
        ):
            await alike(db, _reading(network), who.headers, actor, thing)
        for path in (
            "/learning-sessions?include_total=true",
            "/session-series",
            "/rsvps",
            "/session-polls",
        ):
            with statements() as sent:
                page = await network.seen(who, path)
            assert len(sent) == 1, path
            noun = path[1:].partition("?")[0]
            for item in page["items"]:
                assert item == await network.seen(who, f"/{noun}/{item['id']}")


def _reading(network: Network) -> Any:
    """What `alike` asks of a walk: whose client it is."""

    class Reading:
        def __init__(self) -> None:
            self.network = network

    return Reading()


async def test_no_verb_takes_more_for_more(meetings: Meetings) -> None:
    for size in (1, 30):
        taken: dict[str, int] = {}
        path = f"/cohorts/{meetings.cohort['id']}/learning-sessions"
        body = {"kind": "workshop", "local_start": f"2026-05-{size:02}T10:00"}
        body |= full(meetings, size) | {"facilitator_ids": [str(meetings.facilitator.account_id)]}
        with statements() as sent:
            made = await meetings.done(meetings.facilitator, "POST", path, body)
        taken["create"] = len(sent)
        one = f"/learning-sessions/{made['id']}"
        with statements() as sent:
            made = await meetings.done(
                meetings.facilitator, "PATCH", one, {"agenda": [], "title": "Anew"}, read=made
            )
        taken["edit"] = len(sent)
        with statements() as sent:
            await meetings.done(meetings.facilitator, "POST", f"{one}/schedule")
        taken["schedule"] = len(sent)
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
