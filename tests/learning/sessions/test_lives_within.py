"""Every (status, move, role) of what lies in a session: guests, action items and minutes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import now
from app.kernel.errors import NotAllowed, NotFound
from app.kernel.lifecycle import GuardsUnmet, IllegalTransition, available_actions, move
from app.kernel.transitions import Lifecycle
from app.learning.sessions.action_items.access import action_item
from app.learning.sessions.action_items.lifecycle import ACTION_ITEM
from app.learning.sessions.guests.access import session_guest
from app.learning.sessions.guests.lifecycle import SESSION_GUEST
from app.learning.sessions.minutes.access import session_minutes
from app.learning.sessions.minutes.lifecycle import SESSION_MINUTES
from app.people.identity.actors import Actor, scheduler
from app.people.identity.queries import actor_of
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import WHY, Meetings
from tests.learning.sessions.replies import Replies
from tests.learning.sessions.test_action_items import agreed
from tests.learning.sessions.test_guests import answer, invited
from tests.learning.sessions.test_lives import LEADS
from tests.learning.sessions.test_minutes import written
from tests.network.cohorts.test_lives import cast

TAKES_PART = {"adviser", "lead", "member", "own"}
READS = {"administrator", "auditor"}


@dataclass(frozen=True)
class Life:
    """A life, who sees a thing in each of its statuses, and who may move it."""

    lifecycle: Lifecycle
    obtain: Callable[..., Awaitable[Any]]
    walked: Callable[[Meetings, str], Awaitable[Json]]
    sees: Mapping[str, set[str]]
    moves: Mapping[str, tuple[set[str], str, set[str]]]
    """Each move: from where, to where, by whom."""
    guarded: frozenset[str] = frozenset()
    """Whom a guard stops, of those who have the permission."""
    offered: frozenset[str] | None = None
    """Which moves are operations of their own; None: all."""
    writes: Callable[[str, Any], dict[str, Any]] = lambda _name, _at: {}


async def _guest(meetings: Meetings, status: str) -> Json:
    replies = await Replies.begin(meetings)
    guest = await invited(replies)
    if status in ("accepted", "declined"):
        await answer(meetings, guest, "yes" if status == "accepted" else "no")
    if status == "withdrawn":
        path = f"/session-guests/{guest['id']}/withdraw"
        await meetings.done(meetings.facilitator, "POST", path)
    return guest


async def _item(meetings: Meetings, status: str) -> Json:
    item = await agreed(meetings, await meetings.session("live"), meetings.team.member)
    path = f"/action-items/{item['id']}"
    if status == "done":
        await meetings.done(meetings.team.member, "POST", f"{path}/finish")
    if status == "dropped":
        await meetings.done(meetings.team.member, "POST", f"{path}/drop", WHY)
    return item


async def _minutes(meetings: Meetings, status: str) -> Json:
    minutes = await written(meetings, await meetings.session("held"))
    if status == "published":
        path = f"/session-minutes/{minutes['id']}/publish"
        await meetings.done(meetings.facilitator, "POST", path)
    return minutes


SETTLES = LEADS | TAKES_PART
STOPPED = frozenset(TAKES_PART - {"own"})

LIVES = {
    "session_guest": Life(
        SESSION_GUEST,
        session_guest,
        _guest,
        dict.fromkeys(("invited", "accepted", "declined", "withdrawn"), LEADS | READS),
        {
            "accept": ({"invited"}, "accepted", {"clock"}),
            "decline": ({"invited"}, "declined", {"clock"}),
            "withdraw": ({"invited", "accepted"}, "withdrawn", LEADS),
        },
        offered=frozenset({"withdraw"}),
    ),
    "action_item": Life(
        ACTION_ITEM,
        action_item,
        _item,
        dict.fromkeys(("open", "done", "dropped"), LEADS | READS | TAKES_PART),
        {
            "finish": ({"open"}, "done", SETTLES),
            "drop": ({"open"}, "dropped", SETTLES),
            "reopen": ({"done", "dropped"}, "open", SETTLES),
        },
        guarded=STOPPED,
        writes=lambda name, at: {"settled_at": None if name == "reopen" else at},
    ),
    "session_minutes": Life(
        SESSION_MINUTES,
        session_minutes,
        _minutes,
        {"draft": LEADS, "published": LEADS | READS | TAKES_PART},
        {
            "publish": ({"draft"}, "published", LEADS),
            "retract": ({"published"}, "draft", LEADS),
        },
        writes=lambda name, at: {"published_at": at if name == "publish" else None},
    ),
}
"""Drafts of minutes are seen by whoever may write and publish them, and not by who wrote them
alone."""


async def outcome(db: AsyncSession, actor: Actor, thing: Any, life: Life, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    said = life.writes(name, now(db))
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, life.lifecycle, name, reason="To see.", writes=said)
            await db.flush()
        except (NotAllowed, IllegalTransition, GuardsUnmet) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def expected(life: Life, status: str, name: str, role: str) -> str:
    origins, to, by = life.moves[name]
    if role not in by:
        return "not_allowed"
    if status not in origins:
        return "invalid_transition"
    return "guards_unmet" if role in life.guarded else to


@pytest.mark.parametrize("noun", LIVES)
def test_the_table_here_knows_every_move_and_status(noun: str) -> None:
    life = LIVES[noun]
    made = {"create", "invite"}
    assert set(life.moves) == {move.name for move in life.lifecycle.moves} - made
    assert set(life.sees) == {str(one) for one in life.lifecycle.statuses}


@pytest.mark.parametrize(
    ("noun", "status"), [(noun, status) for noun, life in LIVES.items() for status in life.sees]
)
async def test_who_may_move_what_from_where(
    meetings: Meetings, network: Network, db: AsyncSession, noun: str, status: str
) -> None:
    life = LIVES[noun]
    thing_id = UUID((await life.walked(meetings, status))["id"])
    other, rival = await network.cohort(reference="PLN-C2"), await network.team(2)
    people = cast(network, UUID(meetings.cohort["id"]), UUID(other["id"]), meetings.team, rival)
    people |= {"own": await actor_of(db, meetings.team.member.account_id), "clock": scheduler()}
    found: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for role, actor in people.items():
        wanted[role] = role in life.sees[status]
        try:
            thing = await life.obtain(db, actor, thing_id)
        except NotFound:
            found[role] = False
            if role != "clock":
                continue
        else:
            found[role] = True
        sees = people["coordinator"] if role == "clock" else actor
        thing = await life.obtain(db, sees, thing_id)
        offered = {one.name for one in available_actions(thing, actor, life.lifecycle)}
        found[f"{role} is offered"] = offered
        wanted[f"{role} is offered"] = {
            name
            for name, (origins, _, by) in life.moves.items()
            if status in origins and role in by and (life.offered is None or name in life.offered)
        }
        for name in life.moves:
            thing = await life.obtain(db, sees, thing_id)
            found[f"{role} {name}"] = await outcome(db, actor, thing, life, name)
            wanted[f"{role} {name}"] = expected(life, status, name, role)
    assert found == wanted
