"""Every (status, move, role) of RSVPs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock, now
from app.kernel.db import Database
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, available_actions, move
from app.learning.sessions.rsvps import access
from app.learning.sessions.rsvps.lifecycle import RSVP, RsvpStatus
from app.learning.sessions.seats.service import settle_seats
from app.people.identity.actors import Actor, scheduler
from app.people.identity.queries import actor_of
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.replies import Replies
from tests.network.cohorts.test_lives import cast

OUT = {"no", "lapsed", "delegated"}
MAY_COME = {"yes", "tentative", "waitlisted", "offered"}
MOVES: dict[str, tuple[set[str], str, str]] = {
    "accept": ({"tentative", "offered"} | OUT, "yes", "own"),
    "wait": ({"tentative"} | OUT, "waitlisted", "own"),
    "hesitate": ({"yes", "waitlisted", "offered"} | OUT, "tentative", "own"),
    "decline": (MAY_COME | {"lapsed", "delegated"}, "no", "own"),
    "delegate": ({"yes"}, "delegated", "own"),
    "stand_in": ({"tentative", "waitlisted", "offered"} | OUT, "yes", "own"),
    "offer": ({"waitlisted"}, "offered", "clock"),
    "lapse": ({"offered"}, "lapsed", "clock"),
    "release": (MAY_COME, "no", "clock"),
}
"""Each move: from where, to where, by whom."""

OFFERED = {"accept": {"offered"}, "decline": MAY_COME, "delegate": {"yes"}}
"""The moves that are operations of their own, and from where."""

SEES = {
    "administrator",
    "manager",
    "coordinator",
    "cohort_coordinator",
    "facilitator",
    "auditor",
}


async def walked(replies: Replies, status: str, database: Database, clock: FixedClock) -> Json:
    """The RSVP of the team's member, walked to a status."""
    lead, member = replies.meetings.team.lead, replies.meetings.team.member
    if status in ("waitlisted", "offered", "lapsed"):
        first = await replies.reply(lead)
        await replies.reply(member)
        if status != "waitlisted":
            await replies.moved(first, "decline", lead)
        if status == "lapsed":
            clock.advance(timedelta(days=1))
            await settle_seats(database, clock)
    elif status == "delegated":
        rsvp = await replies.reply(member)
        await replies.moved(rsvp, "delegate", member, {"account_id": str(lead.account_id)})
    else:
        await replies.reply(member, status)
    return await replies.seen(member)


async def outcome(db: AsyncSession, actor: Actor, thing: Any, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    at, to = now(db), MOVES[name][1]
    said = {
        "waiting_since": at if to == "waitlisted" else None,
        "offer_expires_at": at if to == "offered" else None,
        "delegated_to_id": thing.account_id if to == "delegated" else None,
    }
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, RSVP, name, writes=said)
            await db.flush()
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) == {move.name for move in RSVP.moves}


@pytest.mark.parametrize("status", list(RsvpStatus))
async def test_who_may_move_what_from_where(
    meetings: Meetings,
    network: Network,
    db: AsyncSession,
    database: Database,
    clock: FixedClock,
    status: str,
) -> None:
    replies = await Replies.begin(meetings, capacity=1)
    rsvp = await walked(replies, status, database, clock)
    assert rsvp["status"] == status
    rsvp_id = UUID(rsvp["id"])
    other, rival = await network.cohort(reference="PLN-C2"), await network.team(2)
    people = cast(network, UUID(meetings.cohort["id"]), UUID(other["id"]), meetings.team, rival)
    own = await actor_of(db, meetings.team.member.account_id)
    found: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for role, actor in (people | {"own": own, "clock": scheduler()}).items():
        if role not in SEES | {"own", "clock"}:
            with pytest.raises(access.RsvpNotFound):
                await access.rsvp(db, actor, rsvp_id)
            continue
        sees = own if role == "clock" else actor
        thing = await access.rsvp(db, sees, rsvp_id)
        found[role] = {action.name for action in available_actions(thing, actor, RSVP)}
        wanted[role] = {n for n, of in OFFERED.items() if role == "own" and status in of}
        for name, (origins, to, by) in MOVES.items():
            thing = await access.rsvp(db, sees, rsvp_id)
            found[f"{role} {name}"] = await outcome(db, actor, thing, name)
            may = to if status in origins else "invalid_transition"
            wanted[f"{role} {name}"] = may if role == by else "not_allowed"
    assert found == wanted
