"""Polls: among which times people choose when a session is."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import NotAllowed
from app.kernel.lifecycle import IllegalTransition, available_actions, move
from app.learning.sessions.polls import access
from app.learning.sessions.polls.lifecycle import SESSION_POLL, SessionPollStatus
from app.learning.sessions.polls.service import close_polls
from app.people.identity.actors import Actor, scheduler
from tests.answers import START, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.learning.sessions.polling import CLOSES_AT, OPTIONS, REACHED_BY, Polling
from tests.network.cohorts.test_lives import cast

LEADS = {"manager", "coordinator", "cohort_coordinator", "facilitator"}
STANDING = {"open", "closed"}
MOVES: dict[str, tuple[set[str], str, set[str]]] = {
    "close": ({"open"}, "closed", LEADS | {"clock"}),
    "choose": (STANDING, "decided", LEADS),
    "cancel": (STANDING, "cancelled", LEADS),
}
"""Each move: from where, to where, by whom."""


def option(place: int, local: str, **counts: int) -> Json:
    return {
        "id": ANY,
        "starts_at": OPTIONS[place],
        "ends_at": ANY,
        "local_start": local,
        "in_timezone": None,
        "yes": 0,
        "if_need_be": 0,
        "no": 0,
        **counts,
    }


def actions(poll: Json, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_session_poll",
            "method": "POST",
            "href": f"/v1/session-polls/{poll['id']}/{name}",
            "needs_reason": name == "cancel",
            "needs_if_match": False,
        }
        for name in names
    ]


async def test_a_poll_from_its_question_to_a_session(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    made = polling.poll
    cohort = {field: meetings.cohort[field] for field in ("id", "reference", "name")}
    assert made == {
        "id": ANY,
        "cohort": cohort,
        "learning_session": None,
        "status": "open",
        "kind": "workshop",
        "title": "Tide tables",
        "timezone": "Europe/London",
        "duration_minutes": 90,
        "closes_at": CLOSES_AT,
        "options": [option(0, "2026-03-17T10:00"), option(1, "2026-03-18T09:00")],
        "voter_count": 0,
        "chosen_at": None,
        "available_actions": actions(made, "close", "choose", "cancel"),
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    lead, member = meetings.team.lead, meetings.team.member
    told = (await polling.vote(member, first="if_need_be", second="yes")).json()
    assert told == {
        "session_poll_id": made["id"],
        "voters": [
            {
                "account": {"id": str(member.account_id), "reference": None, "name": member.name},
                "voted_at": START,
                "answers": [
                    {"option_id": polling.first, "answer": "if_need_be"},
                    {"option_id": polling.second, "answer": "yes"},
                ],
            }
        ],
    }
    await polling.vote(lead, second="yes")
    seen = await polling.seen(lead)
    assert seen["options"] == [
        option(0, "2026-03-17T10:00", if_need_be=1, no=1),
        option(1, "2026-03-18T09:00", yes=2),
    ]
    assert (seen["voter_count"], seen["available_actions"]) == (2, [])
    decided = await polling.moved("choose", option_id=polling.second)
    assert (decided["status"], decided["chosen_at"]) == ("decided", OPTIONS[1])
    about = decided["learning_session"]
    assert about == {"id": ANY, "reference": None, "name": "Tide tables"}
    session = await meetings.done(lead, "GET", f"/learning-sessions/{about['id']}")
    assert (session["status"], session["starts_at"], session["local_start"]) == (
        "draft",
        OPTIONS[1],
        "2026-03-18T09:00",
    )
    history = await meetings.done(meetings.facilitator, "GET", f"{polling.path}/history")
    verbs = [one["verb"] for one in history["items"]]
    assert verbs == [f"session_poll.{verb}" for verb in ("created", "voted", "voted", "decided")]


async def test_who_voted_what_is_seen_by_who_runs_it_and_by_oneself(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    await polling.vote(lead, first="yes")
    await polling.vote(member, second="yes")
    await polling.vote(member, first="if_need_be")
    both = sorted([(lead.name, ["yes", "no"]), (member.name, ["if_need_be", "no"])])
    assert sorted(await polling.voters(meetings.facilitator)) == both
    assert sorted(await polling.voters(meetings.coordinator)) == both
    assert await polling.voters(lead) == [(lead.name, ["yes", "no"])]
    answer = await polling.vote(meetings.facilitator, first="yes")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (403, "not_allowed")
    assert "session_poll.vote" in told["detail"]


async def test_nobody_votes_once_it_is_closed(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    polling = await Polling.begin(meetings)
    member = meetings.team.member
    assert await polling.waits(member) == [("vote_in_session_poll", CLOSES_AT)]
    assert await polling.waits(meetings.facilitator) == []
    await polling.vote(member, first="yes")
    assert await polling.waits(member) == []
    clock.advance(timedelta(days=8, hours=8))
    assert refused(await polling.vote(member, first="no"), "poll_closed", 409)
    assert await polling.waits(meetings.facilitator) == [("choose_session_poll", None)]
    assert await close_polls(database, clock) == 1
    assert await close_polls(database, clock) == 0
    assert (await polling.seen(member))["status"] == "closed"
    assert await polling.waits(meetings.facilitator) == [("choose_session_poll", None)]
    await polling.moved("choose")
    assert await polling.waits(meetings.facilitator) == []


async def test_no_poll_closes_before_its_time(
    meetings: Meetings, database: Database, clock: FixedClock
) -> None:
    polling = await Polling.begin(meetings)
    assert await close_polls(database, clock) == 0
    assert (await polling.seen(meetings.coordinator))["status"] == "open"


async def test_a_session_of_another_cohort_is_asked_about_by_nobody(
    meetings: Meetings, network: Network
) -> None:
    other = await network.cohort(reference="PLN-C2")
    planned = {"kind": "workshop", "title": "Elsewhere", "local_start": "2026-03-20T10:00"}
    path = f"/cohorts/{other['id']}/learning-sessions"
    elsewhere = await meetings.done(meetings.coordinator, "POST", path, planned)
    path = f"/cohorts/{meetings.cohort['id']}/session-polls"
    body = {"closes_at": CLOSES_AT, "options": OPTIONS, "learning_session_id": elsewhere["id"]}
    answer = await meetings.call(meetings.coordinator, "POST", path, body)
    detail = "Is no session of this cohort."
    fault = {"pointer": "/learning_session_id", "code": "poll_unsound", "detail": detail}
    assert refused(answer, "poll_unsound", 422, errors=[fault])


async def test_a_session_is_moved_with_as_much_of_its_series_as_is_said(meetings: Meetings) -> None:
    series = await meetings.series()
    sessions = await meetings.sessions_of(series)
    polling = await Polling.begin(
        meetings,
        learning_session_id=sessions[1]["id"],
        title=None,
        closes_at="2026-03-09T17:00:00Z",
    )
    assert (polling.poll["title"], polling.poll["kind"]) == ("Peer circle", "peer_circle")
    decided = await polling.moved("choose", option_id=polling.first, applies_to="following")
    assert decided["learning_session"]["id"] == sessions[1]["id"]
    moved = await meetings.sessions_of(series)
    assert [one["local_start"] for one in moved] == [
        "2026-03-16T10:00",
        "2026-03-17T10:00",
        "2026-03-24T10:00",
    ]
    assert [one["sequence"] for one in moved] == [0, 1, 1]


async def test_a_series_is_made_by_a_rule(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    decided = await polling.moved("choose", option_id=polling.first, rule="FREQ=WEEKLY;COUNT=3")
    path = f"/learning-sessions/{decided['learning_session']['id']}"
    first = await meetings.done(meetings.facilitator, "GET", path)
    sessions = await meetings.sessions_of({"id": first["series_id"]})
    assert [one["local_start"] for one in sessions] == [
        "2026-03-17T10:00",
        "2026-03-24T10:00",
        "2026-03-31T10:00",
    ]
    assert sessions[0]["id"] == first["id"]


UNSOUND: list[tuple[dict[str, Any], str, str]] = [
    ({"title": None}, "/title", "Must be said where no session is."),
    ({"closes_at": "2026-03-02T08:00:00Z"}, "/closes_at", "Must lie ahead."),
    ({"closes_at": "2026-03-17T11:00:00Z"}, "/options/0", "Must be no earlier than `closes_at`."),
    ({"options": [OPTIONS[0], "2026-03-17T11:00:00+01:00"]}, "/options/1", "Is named twice."),
    (
        {"learning_session_id": "0198c2a4-0000-7000-8000-000000000000"},
        "/learning_session_id",
        "Is no session of this cohort.",
    ),
]


@pytest.mark.parametrize(("fields", "pointer", "detail"), UNSOUND)
async def test_what_cannot_be_asked_is_named(
    meetings: Meetings, fields: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = await Polling.asked(meetings, **fields)
    fault = {"pointer": pointer, "code": "poll_unsound", "detail": detail}
    assert refused(answer, "poll_unsound", 422, errors=[fault])


async def test_what_is_no_time_of_the_poll_is_named(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    other = {"option_id": "0198c2a4-0000-7000-8000-000000000000"}
    answers = [{"option_id": polling.first, "answer": "yes"}]
    member = meetings.team.member
    for body, pointer, detail in (
        ({"answers": [*answers, *answers]}, "/answers/1/option_id", "Is named twice."),
        (
            {"answers": [other | {"answer": "no"}]},
            "/answers/0/option_id",
            "Is no time of this poll.",
        ),
    ):
        answer = await meetings.call(member, "POST", f"{polling.path}/vote", body)
        fault = {"pointer": pointer, "code": "poll_unsound", "detail": detail}
        assert refused(answer, "poll_unsound", 422, errors=[fault])
    answer = await polling.move("choose", **other)
    fault = {"pointer": "/option_id", "code": "poll_unsound", "detail": "Is no time of this poll."}
    assert refused(answer, "poll_unsound", 422, errors=[fault])


async def test_a_session_that_has_begun_is_moved_by_nobody(meetings: Meetings) -> None:
    session = await meetings.session("scheduled")
    polling = await Polling.begin(meetings, learning_session_id=session["id"])
    answer = await polling.move("choose", option_id=polling.first, rule="FREQ=WEEKLY;COUNT=3")
    detail = "Must be left out of a poll about a session."
    fault = {"pointer": "/rule", "code": "poll_unsound", "detail": detail}
    assert refused(answer, "poll_unsound", 422, errors=[fault])
    await meetings.moved(session, "begin")
    assert refused(await polling.move("choose"), "session_not_movable", 409)
    answer = await Polling.asked(meetings, learning_session_id=session["id"])
    assert refused(answer, "session_not_movable", 409)


async def test_polls_end_with_their_session_and_their_cohort(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session("scheduled", local_start="2026-03-16T10:00")
    about = await Polling.begin(meetings, learning_session_id=session["id"])
    other = await Polling.begin(meetings)
    await meetings.moved(session, "cancel")
    assert [(await one.seen(meetings.coordinator))["status"] for one in (about, other)] == [
        "cancelled",
        "open",
    ]
    path = f"/cohorts/{meetings.cohort['id']}/cancel"
    await meetings.done(network.manager, "POST", path, {"reason": "The funder withdrew."})
    assert (await other.seen(network.manager))["status"] == "cancelled"
    assert refused(await Polling.asked(meetings), "cohort_ended", 409)


async def test_the_time_is_told_by_the_clocks_of_who_votes(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    path = f"{polling.path}?timezone=Asia/Kolkata"
    seen = await meetings.done(meetings.team.member, "GET", path)
    assert [one["in_timezone"]["local_start"] for one in seen["options"]] == [
        "2026-03-17T15:30",
        "2026-03-18T14:30",
    ]


async def outcome(db: AsyncSession, actor: Actor, thing: Any, name: str, session_id: UUID) -> str:
    """What becomes of the attempt, which is taken back."""
    said = {"chosen_at": thing.closes_at, "session_id": session_id} if name == "choose" else {}
    async with db.begin_nested() as attempt:
        try:
            await move(db, actor, thing, SESSION_POLL, name, reason="To see.", writes=said)
        except (NotAllowed, IllegalTransition) as refusal:
            found = refusal.code
        else:
            found = str(thing.status)
        await attempt.rollback()
    return found


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {move.name for move in SESSION_POLL.moves}


@pytest.mark.parametrize("status", list(SessionPollStatus))
async def test_who_may_move_what_from_where(
    meetings: Meetings, network: Network, db: AsyncSession, status: str
) -> None:
    polling = await Polling.begin(meetings)
    for name in REACHED_BY[status]:
        await polling.moved(name)
    session = UUID((await meetings.session())["id"])
    poll_id = UUID(polling.poll["id"])
    other, rival = await network.cohort(reference="PLN-C2"), await network.team(2)
    people = cast(network, UUID(meetings.cohort["id"]), UUID(other["id"]), meetings.team, rival)
    sees = people["manager"]
    found: dict[str, Any] = {}
    wanted: dict[str, Any] = {}
    for role, actor in (people | {"clock": scheduler()}).items():
        if role not in LEADS | {"clock", "administrator", "auditor", "adviser", "funder"} | {
            "lead",
            "member",
        }:
            with pytest.raises(access.SessionPollNotFound):
                await access.session_poll(db, actor, poll_id)
            continue
        thing = await access.session_poll(db, sees, poll_id)
        if role != "clock":
            await access.session_poll(db, actor, poll_id)
            found[role] = {one.name for one in available_actions(thing, actor, SESSION_POLL)}
            wanted[role] = {n for n, (of, _, by) in MOVES.items() if status in of and role in by}
        for name, (origins, to, by) in MOVES.items():
            thing = await access.session_poll(db, sees, poll_id)
            found[f"{role} {name}"] = await outcome(db, actor, thing, name, session)
            may = to if status in origins else "invalid_transition"
            wanted[f"{role} {name}"] = may if role in by else "not_allowed"
    assert found == wanted


async def test_what_a_poll_takes_does_not_grow_with_who_voted(meetings: Meetings) -> None:
    polling = await Polling.begin(meetings)
    lead, member = meetings.team.lead, meetings.team.member
    taken: dict[str, int] = {}
    for who, name in ((lead, "first"), (member, "second")):
        with statements() as sent:
            await polling.vote(who, first="yes")
        taken[f"{name} vote"] = len(sent)
        with statements() as sent:
            await polling.voters(meetings.facilitator)
        taken[f"votes, {name}"] = len(sent)
        with statements() as sent:
            await polling.seen(meetings.facilitator)
        taken[f"poll, {name}"] = len(sent)
    assert taken["second vote"] == taken["first vote"] <= 16
    assert taken["votes, second"] == taken["votes, first"] <= 7
    assert taken["poll, second"] == taken["poll, first"] == 1
