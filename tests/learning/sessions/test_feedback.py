"""Feedback: told of five or more, once for all, and of nobody in particular."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.suppression import giving_away
from app.learning.sessions.feedback.service import close_feedback
from app.learning.sessions.feedback.summary import Said, summarised
from app.people.identity.roles import Role
from tests.answers import refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

CLOSES = "2026-03-09T09:00:00.000000Z"
"""A week from when tests begin, and a session is held."""
WEEK = timedelta(days=7)
MICROSECOND = timedelta(microseconds=1)
NOTHING: Json = {
    "null_reason": None,
    "answered": None,
    "rating_mean": None,
    "ratings": [],
    "recommendation_score": None,
    "comments": [],
}


def path_of(session: Json) -> str:
    return f"/learning-sessions/{session['id']}/feedback"


async def say(
    meetings: Meetings, session: Json, who: Person, *numbers: int, **more: Any
) -> httpx.Response:
    rating, recommendation = numbers or (5, 10)
    body = {"rating": rating, "recommendation": recommendation} | more
    return await meetings.call(who, "POST", path_of(session), body)


async def people(meetings: Meetings, count: int) -> list[Person]:
    """So many of the member's people."""
    role = (Role.COLLABORATION_MEMBER, meetings.team.id)
    return [
        await meetings.network.people.person(f"Person {number}", role) for number in range(count)
    ]


async def told(meetings: Meetings, session: Json) -> Json:
    return await meetings.done(meetings.facilitator, "GET", path_of(session))


async def waits(meetings: Meetings, who: Person) -> list[tuple[str, str]]:
    work = await meetings.network.seen(who, "/me/work")
    return [
        (one["subject"]["id"], one["due_at"])
        for one in work["items"]
        if one["kind"] == "give_feedback"
    ]


async def test_it_is_told_once_when_it_closes(
    meetings: Meetings,
    network: Network,
    clock: FixedClock,
    database: Database,
    db: AsyncSession,
) -> None:
    session = await meetings.session("held")
    nothing = NOTHING | {"learning_session_id": session["id"], "closes_at": CLOSES}
    some = await people(meetings, 6)
    assert await waits(meetings, some[0]) == [(session["id"], CLOSES)]
    for who, rating, recommends in zip(some, (5, 5, 5, 5, 5, 1), (10, 9, 8, 7, 6, 0), strict=True):
        answer = await say(meetings, session, who, rating, recommends, comment=f"By {rating}.")
        assert (answer.status_code, answer.content) == (204, b"")
    assert await waits(meetings, some[0]) == []
    assert refused(await say(meetings, session, some[0]), "feedback_already_given", 409)
    assert await told(meetings, session) == nothing | {"null_reason": "open"}
    clock.advance(WEEK - MICROSECOND)
    assert await close_feedback(database, clock) == 0
    assert await waits(meetings, meetings.team.lead) == [(session["id"], CLOSES)]
    clock.advance(MICROSECOND)
    assert await waits(meetings, meetings.team.lead) == []
    late = await say(meetings, session, meetings.team.lead)
    assert refused(late, "feedback_not_open", 409)
    assert await told(meetings, session) == nothing | {"null_reason": "open"}
    assert await close_feedback(database, clock) == 1
    assert await close_feedback(database, clock) == 0
    assert await told(meetings, session) == {
        "learning_session_id": session["id"],
        "closes_at": CLOSES,
        "null_reason": None,
        "answered": 6,
        "rating_mean": 4.33,
        "ratings": [{"rating": n, "count": None} for n in range(1, 6)],
        "recommendation_score": 0.0,
        "comments": ANY,
    }
    comments = (await told(meetings, session))["comments"]
    assert sorted(comments) == ["By 1.", *["By 5."] * 5]
    for table in ("answers", "givers"):
        rows = await db.scalar(text(f"SELECT count(*) FROM session_feedback_{table}"))
        assert rows == 0
    history = await network.seen(
        meetings.coordinator, f"/learning-sessions/{session['id']}/history"
    )
    given = [row for row in history["items"] if "feedback" in row["verb"]]
    assert {row["verb"] for row in given[:-1]} == {"learning_session.feedback_given"}
    assert given[-1]["verb"] == "learning_session.feedback_closed"
    assert {(str(row["actor"]), str(row["detail"])) for row in given} == {("None", "{}")}


async def test_of_four_nothing_is_told(
    meetings: Meetings, clock: FixedClock, database: Database
) -> None:
    session = await meetings.session("held")
    for who in await people(meetings, 4):
        await say(meetings, session, who, comment="It was mine.")
    clock.advance(WEEK)
    await close_feedback(database, clock)
    assert await told(meetings, session) == NOTHING | {
        "learning_session_id": session["id"],
        "closes_at": CLOSES,
        "null_reason": "too_few",
    }
    more = await say(meetings, session, meetings.team.lead)
    assert refused(more, "feedback_not_open", 409)


async def test_what_goes_on_again_is_told_of_once(
    meetings: Meetings, clock: FixedClock, database: Database
) -> None:
    session = await meetings.session("held")
    for who in await people(meetings, 5):
        await say(meetings, session, who)
    clock.advance(WEEK)
    await close_feedback(database, clock)
    first = await told(meetings, session)
    assert first["answered"] == 5
    resumed = await meetings.moved(session, "resume", meetings.coordinator)
    await meetings.moved(resumed, "hold")
    answer = await say(meetings, session, meetings.team.lead)
    assert refused(answer, "feedback_not_open", 409)
    clock.advance(WEEK)
    assert await close_feedback(database, clock) == 0
    again = await told(meetings, session)
    assert again == first | {"closes_at": again["closes_at"]}


async def test_who_gives_feedback_and_who_reads_it(meetings: Meetings, network: Network) -> None:
    leads = [str(one.account_id) for one in (meetings.facilitator, meetings.team.lead)]
    session = await meetings.session("held", facilitator_ids=leads)
    assert refused(await say(meetings, session, meetings.team.lead), "own_session", 409)
    assert await waits(meetings, meetings.team.lead) == []
    answer = await say(meetings, session, meetings.coordinator)
    assert refused(answer, "not_allowed", 403, permission="session_feedback.give")
    answer = await meetings.call(meetings.team.member, "GET", path_of(session))
    assert refused(answer, "not_allowed", 403, permission="session_feedback.read")


@pytest.mark.parametrize("status", ["draft", "scheduled", "live", "cancelled"])
async def test_nothing_is_said_of_what_was_not_held(meetings: Meetings, status: str) -> None:
    session = await meetings.session(status)
    answer = await say(meetings, session, meetings.team.lead)
    assert refused(answer, "feedback_not_open", 409)
    assert (await told(meetings, session))["null_reason"] == "not_held"
    assert await waits(meetings, meetings.team.lead) == []


async def test_who_said_no_is_not_asked(meetings: Meetings, clock: FixedClock) -> None:
    session = await meetings.session("scheduled", local_start="2026-03-02T09:10")
    path = f"/learning-sessions/{session['id']}/reply"
    await meetings.done(meetings.team.lead, "POST", path, {"reply": "no"})
    clock.advance(timedelta(minutes=10))
    await meetings.moved(session, "hold")
    assert await waits(meetings, meetings.team.lead) == []
    assert len(await waits(meetings, meetings.team.member)) == 1


async def test_whoever_gives_it_holds_the_session(meetings: Meetings) -> None:
    session = await meetings.session("held")
    with statements() as sent:
        await say(meetings, session, meetings.team.lead)
    assert len([one for one in sent if "FOR NO KEY UPDATE OF learning_sessions" in one]) == 1
    assert len(sent) <= 9
    database = meetings.network.people.database
    database.clock.advance(WEEK)
    with statements() as sent:
        await close_feedback(database, database.clock)
    assert [one for one in sent if "OF learning_sessions SKIP LOCKED" in one]


RATINGS = st.lists(st.integers(1, 5), max_size=14)


@given(RATINGS)
def test_no_number_is_about_fewer_than_five(ratings: list[int]) -> None:
    """Whatever follows from the numbers that are released together is about five or more."""
    found = summarised([Said(rating, 10) for rating in ratings])
    if len(ratings) < 5:
        assert found is None
        return
    assert found is not None
    groups = [set(range(len(ratings)))] + [
        {n for n, one in enumerate(ratings) if one == rating}
        for rating, count in found.ratings.items()
        if count is not None
    ]
    assert not giving_away([frozenset(group) for group in groups])
    assert all(len(group) >= 5 for group in groups)


def test_the_score_is_promoters_less_detractors() -> None:
    answers = [Said(3, one) for one in (10, 9, 8, 7, 6, 0)]
    found = summarised(answers)
    assert found is not None
    assert (found.recommendation_score, found.rating_mean) == (0, 3)
    assert found.ratings == {1: None, 2: None, 3: 6, 4: None, 5: None}
