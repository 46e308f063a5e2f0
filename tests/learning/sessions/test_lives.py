"""Every (status, move, role) of learning sessions, and what becomes of them with their cohort."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, available_actions, move
from app.learning.sessions import access
from app.learning.sessions.lifecycle import LEARNING_SESSION
from app.people.identity.actors import Actor
from tests.answers import refused, where
from tests.journeys import Network
from tests.learning.sessions.meetings import REACHED_BY, Meetings
from tests.network.cohorts.test_lives import cast

LEADS = {"manager", "coordinator", "cohort_coordinator", "facilitator"}
MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "schedule": ({"draft", "postponed"}, "scheduled", LEADS),
    "postpone": ({"scheduled"}, "postponed", LEADS),
    "begin": ({"scheduled"}, "live", LEADS),
    "hold": ({"scheduled", "live"}, "held", LEADS),
    "resume": ({"held"}, "live", LEADS - {"facilitator"}),
    "cancel": ({"draft", "scheduled", "postponed"}, "cancelled", LEADS),
}
"""Each move: from where, to where, by whom."""

SEES = LEADS | {"administrator", "auditor", "adviser", "funder", "lead", "member"}


WRITES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "hold": lambda thing: {"held_at": thing.starts_at},
    "cancel": lambda thing: {"cancelled_at": thing.created_at},
}
"""What is written with a move."""


async def outcome(db: AsyncSession, actor: Actor, thing: Any, name: str) -> str:
    """What becomes of the attempt, which is taken back."""
    async with db.begin_nested() as attempt:
        try:
            said = WRITES[name](thing) if name in WRITES else {}
            await move(db, actor, thing, LEARNING_SESSION, name, reason="To see.", writes=said)
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def expected(status: str, name: str, role: str) -> str:
    origins, to, by = MOVES[name]
    if role not in by:
        return "not_allowed"
    return to if status in origins else "invalid_transition"


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {move.name for move in LEARNING_SESSION.moves}


@pytest.mark.parametrize("status", REACHED_BY)
async def test_who_may_move_what_from_where(
    meetings: Meetings, network: Network, db: AsyncSession, status: str
) -> None:
    session = await meetings.session(status)
    other, rival = await network.cohort(reference="PLN-C2"), await network.team(2)
    cohort_id, session_id = UUID(meetings.cohort["id"]), UUID(session["id"])
    people = cast(network, cohort_id, UUID(other["id"]), meetings.team, rival)
    found: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for role, actor in people.items():
        if role not in SEES:
            with pytest.raises(access.LearningSessionNotFound):
                await access.learning_session(db, actor, session_id)
            continue
        thing = await access.learning_session(db, actor, session_id)
        found[role] = {action.name for action in available_actions(thing, actor, LEARNING_SESSION)}
        wanted[role] = {n for n, (of, _, by) in MOVES.items() if status in of and role in by}
        for name in MOVES:
            thing = await access.learning_session(db, actor, session_id)
            found[f"{role} {name}"] = await outcome(db, actor, thing, name)
            wanted[f"{role} {name}"] = expected(status, name, role)
    assert found == wanted


async def test_what_was_held_by_mistake_goes_on(meetings: Meetings) -> None:
    held = await meetings.session("held")
    resumed = await meetings.moved(held, "resume", meetings.coordinator)
    assert (resumed["status"], resumed["held_at"]) == ("live", None)
    assert (await meetings.moved(resumed, "hold"))["status"] == "held"


async def test_who_leads_another_meanwhile_does_not_go_on(meetings: Meetings) -> None:
    held = await meetings.session("held")
    await meetings.session("scheduled")
    path = f"/learning-sessions/{held['id']}/resume"
    answer = await meetings.call(meetings.coordinator, "POST", path, {"reason": "By mistake."})
    assert [one["code"] for one in answer.json()["unmet"]] == ["facilitator_elsewhere"]


async def test_a_cohort_does_not_end_over_its_sessions(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session("live")
    another = await meetings.session(title="Another")
    path = f"/cohorts/{meetings.cohort['id']}"
    answer = await meetings.call(network.manager, "POST", f"{path}/wrap-up")
    live = {"code": "session_live", "detail": f"Hold first: {session['title']} (live)."}
    assert refused(answer, "guards_unmet", 409, unmet=[live | where(session["title"])])
    await meetings.moved(session, "hold")
    await meetings.moved(another, "schedule")
    cohort = await network.walk_cohort(meetings.cohort, "wrapping_up")
    await network.end_memberships(cohort)
    answer = await meetings.call(network.manager, "POST", f"{path}/close")
    said = "Hold or cancel first: Another (scheduled)."
    standing = {"code": "sessions_open", "detail": said, **where("Another")}
    assert refused(answer, "guards_unmet", 409, detail=said, unmet=[standing])
    await meetings.moved(another, "cancel")
    closed = await meetings.done(network.manager, "POST", f"{path}/close")
    assert closed["status"] == "closed"


async def test_a_draft_is_held_while_its_cohort_has_ended(
    meetings: Meetings, network: Network
) -> None:
    """Nobody was told of it: it stands in nobody's way, stays a draft, and is not taken up."""
    draft = await meetings.session(local_start="2026-03-16T10:00")
    path, cohort_path = f"/learning-sessions/{draft['id']}", f"/cohorts/{meetings.cohort['id']}"
    cohort = await network.walk_cohort(meetings.cohort, "wrapping_up")
    await network.end_memberships(cohort)
    await meetings.done(network.manager, "POST", f"{cohort_path}/close")
    ended = {"code": "cohort_ended", "detail": "The cohort is closed: it meets no more."}
    answer = await meetings.call(network.manager, "POST", f"{path}/schedule")
    assert refused(answer, "guards_unmet", 409, unmet=[ended])
    answer = await meetings.call(network.manager, "PATCH", path, {"title": "Next year"}, read=draft)
    assert refused(answer, "cohort_ended", 409)
    assert (await network.seen(network.manager, path))["status"] == "draft"
    why = {"reason": "One member goes on."}
    await meetings.done(network.manager, "POST", f"{cohort_path}/reopen", why)
    taken_up = await meetings.moved(draft, "schedule", network.manager)
    assert taken_up["status"] == "scheduled"


async def test_a_cohort_that_is_cancelled_cancels_its_sessions(
    meetings: Meetings, network: Network
) -> None:
    scheduled = await meetings.session("scheduled", title="To come")
    held = await meetings.session("held", title="Over", local_start="2026-03-02T07:00")
    path = f"/cohorts/{meetings.cohort['id']}"
    told = await network.seen(network.manager, f"{path}/cancel/preview")
    [foreseen] = [
        one for one in told["consequences"] if one["code"] == "its_sessions_are_cancelled"
    ]
    assert foreseen == {
        "code": "its_sessions_are_cancelled",
        "detail": "Every session of its own that was still to come is cancelled, for the same "
        "reason.",
        "things": [
            {
                "noun": "learning_session",
                "id": scheduled["id"],
                "reference": None,
                "name": "To come",
            }
        ],
    }
    why = {"reason": "The funding was withdrawn."}
    await meetings.done(network.manager, "POST", f"{path}/cancel", why)
    found = await network.seen(network.manager, f"{path}/learning-sessions")
    assert {one["id"]: one["status"] for one in found["items"]} == {
        scheduled["id"]: "cancelled",
        held["id"]: "held",
    }
    history = await network.seen(network.manager, f"/learning-sessions/{scheduled['id']}/history")
    assert (history["items"][-1]["verb"], history["items"][-1]["reason"]) == (
        "learning_session.cancelled",
        why["reason"],
    )


async def test_a_session_does_not_take_place_in_a_cohort_that_has_ended(
    meetings: Meetings, network: Network
) -> None:
    held = await meetings.session("held")
    why = {"reason": "The funding was withdrawn."}
    await meetings.done(network.manager, "POST", f"/cohorts/{meetings.cohort['id']}/cancel", why)
    path = f"/learning-sessions/{held['id']}/resume"
    answer = await meetings.call(network.manager, "POST", path, why)
    ended = {"code": "cohort_ended", "detail": "The cohort is cancelled: it meets no more."}
    assert refused(answer, "guards_unmet", 409, unmet=[ended])


async def test_the_database_lets_nobody_be_in_two_places(
    meetings: Meetings, db: AsyncSession
) -> None:
    """Behind the guard stands a constraint: for two who schedule at the same moment."""
    first = await meetings.session("scheduled")
    other = await meetings.session("scheduled", local_start="2026-03-16T10:00")
    at = {"id": other["id"], "starts_at": first["starts_at"], "ends_at": first["ends_at"]}
    moved = (
        "UPDATE learning_sessions SET starts_at = :starts_at, replies_due_at = :starts_at, "
        "ends_at = :ends_at WHERE id = :id"
    )
    await db.execute(text(moved), at)
    with pytest.raises(DBAPIError) as broken:
        await db.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert isinstance(broken.value.orig, psycopg.errors.ExclusionViolation)
    assert broken.value.orig.diag.constraint_name == "ex_session_facilitators_during"
