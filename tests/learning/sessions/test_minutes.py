"""Minutes and consents to be recorded over HTTP."""

from typing import Any
from unittest.mock import ANY

from sqlalchemy.ext.asyncio import AsyncSession

from app.people.identity.queries import actor_of
from app.people.identity.roles import Role
from tests.answers import START, page, refused, where
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import WHY, Meetings
from tests.learning.sessions.replies import named
from tests.learning.sessions.test_told_alike import _reading
from tests.people.identity.people import Person
from tests.people.reads.test_told_alike import alike

ODD = 'Odd "text", {x: y} and a \\ or two'
AGENDA = [{"title": "Talk", "minutes": 30}, {"title": "Questions", "minutes": 30}]


async def written(meetings: Meetings, session: Json, **fields: Any) -> Json:
    path = f"/learning-sessions/{session['id']}/minutes"
    return await meetings.done(meetings.facilitator, "POST", path, {"recap": ODD} | fields)


async def consent(
    meetings: Meetings, session: Json, who: Person, *, segment: str | None = None, yes: bool = True
) -> Json:
    path = f"/learning-sessions/{session['id']}/recording-consents"
    return await meetings.done(who, "PUT", path, {"segment": segment, "is_given": yes})


def recording(title: str, segment: str | None, *who: Person) -> Json:
    return {
        "title": title,
        "url": "https://example.org/recording",
        "segment": segment,
        "account_ids": [str(one.account_id) for one in who],
    }


async def test_minutes_from_a_draft_to_what_is_read(
    meetings: Meetings, network: Network, db: AsyncSession
) -> None:
    session, member = await meetings.session("held"), meetings.team.member
    path = f"/collaborations/{meetings.team.id}/learnings"
    shared = {
        "title": "Tides",
        "url": "https://example.org/t",
        "licence": "CC-BY-4.0",
    }
    learning = await meetings.done(meetings.team.lead, "POST", path, shared)
    links = [{"title": ODD, "url": "https://example.org/tides"}]
    draft = await written(meetings, session, links=links, learning_ids=[learning["id"]])
    one = f"/session-minutes/{draft['id']}"
    assert draft == {
        "id": ANY,
        "learning_session": {"id": session["id"], "reference": None, "name": session["title"]},
        "status": "draft",
        "recap": ODD,
        "links": links,
        "learning_ids": [learning["id"]],
        "recordings": [],
        "published_at": None,
        "available_actions": [
            {
                "name": "publish",
                "operation_id": "publish_session_minutes",
                "method": "POST",
                "href": f"/v1{one}/publish",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    for read in (one, f"{one}/history", f"{one}/actions"):
        answer = await meetings.call(member, "GET", read)
        assert refused(answer, "session_minutes_not_found", 404)
    assert await network.seen(member, "/session-minutes") == page()
    published = await meetings.done(meetings.facilitator, "POST", f"{one}/publish")
    assert (published["status"], published["published_at"]) == ("published", START)
    assert await network.seen(member, one) == published | {"available_actions": []}
    edited = await meetings.done(
        meetings.facilitator, "PATCH", one, {"recap": "Anew."}, read=published
    )
    assert (edited["recap"], edited["version"]) == ("Anew.", 3)
    for who in (meetings.coordinator, meetings.facilitator, member):
        actor = await actor_of(db, who.account_id)
        assert actor is not None
        thing = ("session-minutes", draft["id"])
        await alike(db, _reading(network), who.headers, actor, thing)
        with statements() as sent:
            await network.seen(who, "/session-minutes?include_total=true")
        assert len(sent) == 1
    history = await network.seen(member, f"{one}/history")
    assert [row["verb"] for row in history["items"]] == ["session_minutes.published"]
    back = await meetings.done(meetings.facilitator, "POST", f"{one}/retract", WHY)
    assert (back["status"], back["published_at"]) == ("draft", None)
    answer = await meetings.call(member, "GET", one)
    assert refused(answer, "session_minutes_not_found", 404)


async def test_nobody_is_heard_who_has_not_agreed(meetings: Meetings, network: Network) -> None:
    session = await meetings.session("held", agenda=AGENDA)
    lead, member = meetings.team.lead, meetings.team.member
    await consent(meetings, session, lead)
    draft = await written(
        meetings,
        session,
        recordings=[
            recording("All", None, lead, member),
            recording("Talk", "Talk", lead, member),
        ],
    )
    one = f"/session-minutes/{draft['id']}"
    assert draft["recordings"] == []
    answer = await meetings.call(meetings.facilitator, "POST", f"{one}/publish")
    said = "Heard in a recording without having agreed: Member 1 (all of it), Member 1 (Talk)."
    missing = {"code": "consent_missing", "detail": said, **where(pointer="/recordings")}
    assert refused(answer, "guards_unmet", 409, detail=said, unmet=[missing])
    told = await network.seen(meetings.facilitator, f"{one}/actions")
    assert told["actions"][0]["unmet"] == [missing]
    await consent(meetings, session, member, segment="Talk")
    shown = await network.seen(meetings.facilitator, one)
    assert [row["title"] for row in shown["recordings"]] == ["Talk"]
    await consent(meetings, session, member)
    published = await meetings.done(meetings.facilitator, "POST", f"{one}/publish")
    assert [row["title"] for row in published["recordings"]] == ["All", "Talk"]
    await consent(meetings, session, member, segment="Talk", yes=False)
    shown = await network.seen(lead, one)
    assert shown["recordings"] == [
        {"title": "All", "url": "https://example.org/recording", "segment": None}
    ]
    await consent(meetings, session, member, yes=False)
    assert (await network.seen(lead, one))["recordings"] == []


async def test_each_sees_their_own_consent(meetings: Meetings, network: Network) -> None:
    session = await meetings.session("held", agenda=AGENDA)
    lead, member = meetings.team.lead, meetings.team.member
    first = await consent(meetings, session, lead, segment="Talk")
    said = {"account": named(lead), "segment": "Talk", "is_given": True, "said_at": START}
    assert first == {"learning_session_id": session["id"], "consents": [said]}
    assert await consent(meetings, session, lead, segment="Talk") == first
    second = await consent(meetings, session, member, yes=False)
    assert [one["account"] for one in second["consents"]] == [named(member)]
    path = f"/learning-sessions/{session['id']}/recording-consents"
    whole = await network.seen(meetings.facilitator, path)
    assert [one["account"] for one in whole["consents"]] == [named(lead), named(member)]
    body = {"segment": "Song", "is_given": True}
    answer = await meetings.call(lead, "PUT", path, body)
    fault = {"pointer": "/segment", "code": "segment_unknown", "detail": ANY}
    assert refused(answer, "segment_unknown", 422, errors=[fault])
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    answer = await meetings.call(funder, "GET", path)
    assert refused(answer, "not_allowed", 403, permission="learning_session.attend")


async def test_minutes_name_what_there_is(meetings: Meetings, network: Network) -> None:
    session = await meetings.session("held", agenda=AGENDA)
    path = f"/learning-sessions/{session['id']}/minutes"
    stranger = await network.people.person("Sam Stranger")
    lead = meetings.team.lead
    for code, pointer, body in (
        ("learning_unknown", "/learning_ids/0", {"learning_ids": [session["id"]]}),
        (
            "segment_unknown",
            "/recordings/0/segment",
            {"recordings": [recording("Song", "Song", lead)]},
        ),
        (
            "voice_unknown",
            "/recordings/0/account_ids/1",
            {"recordings": [recording("All", None, lead, stranger)]},
        ),
        (
            "voice_unknown",
            "/recordings/0/account_ids/1",
            {"recordings": [recording("All", None, lead, lead)]},
        ),
    ):
        answer = await meetings.call(meetings.facilitator, "POST", path, {"recap": "So."} | body)
        fault = {"pointer": pointer, "code": code, "detail": ANY}
        assert refused(answer, code, 422, errors=[fault])
    made = await written(meetings, session)
    for code, body in (
        ("learning_unknown", {"learning_ids": [session["id"]]}),
        ("segment_unknown", {"recordings": [recording("Song", "Song", lead)]}),
        ("voice_unknown", {"recordings": [recording("All", None, stranger)]}),
    ):
        one = f"/session-minutes/{made['id']}"
        answer = await meetings.call(meetings.facilitator, "PATCH", one, body, read=made)
        assert refused(answer, code, 422, errors=[ANY])
    answer = await meetings.call(meetings.facilitator, "POST", path, {"recap": "Twice."})
    assert refused(answer, "minutes_already_written", 409)
    answer = await meetings.call(lead, "POST", path, {"recap": "Mine."})
    assert refused(answer, "not_allowed", 403, permission="session_minutes.write")
    early = await meetings.session("scheduled", local_start="2026-03-16T10:00")
    path = f"/learning-sessions/{early['id']}/minutes"
    answer = await meetings.call(meetings.facilitator, "POST", path, {"recap": "Early."})
    assert refused(answer, "session_not_held", 409)
