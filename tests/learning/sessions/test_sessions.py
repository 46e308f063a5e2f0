"""Learning sessions over HTTP: planned, changed, put off, held, cancelled."""

from datetime import UTC, datetime, timedelta
from unittest.mock import ANY

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import START, WITHHELD, page, problem, refused, where
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

MOVES_OF_DRAFT = ("schedule", "cancel")


def actions(session: Json, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_learning_session",
            "method": "POST",
            "href": f"/v1/learning-sessions/{session['id']}/{name}",
            "needs_reason": name in ("postpone", "resume", "cancel"),
            "needs_if_match": False,
        }
        for name in names
    ]


def person(who: Person) -> Json:
    return {"id": str(who.account_id), "reference": None, "name": who.name}


async def test_a_session_from_its_plan_to_its_end(
    network: Network, meetings: Meetings, clock: FixedClock
) -> None:
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions"
    body = {
        "kind": "workshop",
        "title": "What makes data worth sharing",
        "purpose": "To know what the others would use.",
        "timezone": "America/Los_Angeles",
        "local_start": "2026-03-16T03:00",
        "duration_minutes": 60,
        "capacity": 30,
        "reply_hours": 24,
        "place": "The long room",
        "link": "https://example.org/rooms/1",
        "agenda": [{"title": "Where we stand", "minutes": 20}, {"title": "Talk", "minutes": 40}],
        "materials": [{"title": "A guide", "url": "https://example.org/guide"}],
        "facilitator_ids": [str(meetings.facilitator.account_id)],
    }
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    made = answer.json()
    one = f"/learning-sessions/{made['id']}"
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1{one}"
    cohort = {field: meetings.cohort[field] for field in ("id", "reference", "name")}
    planned = {name: body[name] for name in body if name not in ("place", "link")}
    del planned["facilitator_ids"]
    assert made == {
        **planned,
        "id": ANY,
        "cohort": cohort,
        "cohorts": [cohort],
        "is_for_programme": False,
        "is_for_alumni": False,
        "series_id": None,
        "recurs_at": None,
        "sitting_of": None,
        "sitting_members": [],
        "status": "draft",
        "starts_at": "2026-03-16T10:00:00.000000Z",
        "ends_at": "2026-03-16T11:00:00.000000Z",
        "in_timezone": None,
        "replies_due_at": "2026-03-15T10:00:00.000000Z",
        "materials": [
            {
                "title": "A guide",
                "url": "https://example.org/guide",
                "licence": None,
                "is_pre_reading": False,
            }
        ],
        "facilitators": [person(meetings.facilitator)],
        "is_public": False,
        "held_at": None,
        "cancelled_at": None,
        "sequence": 0,
        "available_actions": actions(made, *MOVES_OF_DRAFT),
        "version": 1,
        "created_at": START,
        "updated_at": START,
    }
    scheduled = await meetings.moved(made, "schedule")
    early = await meetings.call(meetings.facilitator, "POST", f"{one}/begin")
    unheld = await meetings.call(meetings.facilitator, "POST", f"{one}/hold")
    clock.set(datetime(2026, 3, 16, 9, 45, tzinfo=UTC) - timedelta(microseconds=1))
    too_early = await meetings.call(meetings.facilitator, "POST", f"{one}/begin")
    clock.set(datetime(2026, 3, 16, 9, 45, tzinfo=UTC))
    live = await meetings.moved(made, "begin")
    clock.set(datetime(2026, 3, 16, 10, 0, tzinfo=UTC) - timedelta(microseconds=1))
    not_begun = await meetings.call(meetings.facilitator, "POST", f"{one}/hold")
    clock.set(datetime(2026, 3, 16, 10, 0, tzinfo=UTC))
    held = await meetings.moved(made, "hold")
    assert [row["status"] for row in (scheduled, live, held)] == ["scheduled", "live", "held"]
    assert held["held_at"] == "2026-03-16T10:00:00.000000Z"
    for refusal in (early, too_early):
        assert refused(refusal, "guards_unmet", 409, unmet=[ANY])
        assert refusal.json()["unmet"][0]["code"] == "too_early"
    for refusal in (unheld, not_begun):
        assert refused(refusal, "guards_unmet", 409, unmet=[ANY])
        assert refusal.json()["unmet"][0]["code"] == "not_begun"
    history = await network.seen(meetings.team.lead, f"{one}/history")
    assert [row["verb"] for row in history["items"]] == [
        "learning_session.created",
        "learning_session.scheduled",
        "learning_session.begun",
        "learning_session.held",
    ]


async def test_members_see_it_and_where_it_is(meetings: Meetings, network: Network) -> None:
    where_it_is = {"place": "The long room", "link": "https://example.org/rooms/1"}
    session = await meetings.session(**where_it_is)
    one = f"/learning-sessions/{session['id']}"
    seen = await network.seen(meetings.team.member, one)
    assert seen == {**session, "available_actions": []}
    told = await network.seen(meetings.team.member, f"{one}/whereabouts")
    assert told == {"id": session["id"], **where_it_is, "version": 1}
    listed = await network.seen(meetings.team.member, "/learning-sessions?include_total=true")
    assert listed == page(seen, total_count=1)


async def test_who_does_not_take_part_is_not_told_where(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session()
    one = f"/learning-sessions/{session['id']}"
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    other = await network.team(2)
    await network.membership(meetings.cohort, other, "accepted")
    assert (await meetings.call(funder, "GET", one)).status_code == 200
    answer = await meetings.call(funder, "GET", f"{one}/whereabouts")
    assert refused(answer, "not_allowed", 403, permission="learning_session.attend")
    for path in (one, f"{one}/whereabouts", f"{one}/actions", f"{one}/history"):
        answer = await meetings.call(other.lead, "GET", path)
        assert refused(answer, "learning_session_not_found", 404)


async def test_a_member_who_leaves_sees_it_no_more(meetings: Meetings, network: Network) -> None:
    session = await meetings.session()
    await network.end_memberships(meetings.cohort)
    answer = await meetings.call(meetings.team.lead, "GET", f"/learning-sessions/{session['id']}")
    assert refused(answer, "learning_session_not_found", 404)


async def test_what_is_changed_is_recorded_and_a_link_is_not(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session("scheduled", agenda=[{"title": "Talk", "minutes": 30}])
    one = f"/learning-sessions/{session['id']}"
    said = {
        "link": "https://example.org/rooms/2",
        "local_start": "2026-03-30T10:00",
        "agenda": [{"title": "Talk", "minutes": 30}, {"title": "Part", "minutes": 5}],
        "facilitator_ids": [str(meetings.facilitator.account_id)],
        "title": session["title"],
    }
    changed = await meetings.done(meetings.facilitator, "PATCH", one, said, read=session)
    assert changed == {
        **session,
        "local_start": "2026-03-30T10:00",
        "starts_at": "2026-03-30T09:00:00.000000Z",
        "ends_at": "2026-03-30T10:30:00.000000Z",
        "replies_due_at": "2026-03-30T09:00:00.000000Z",
        "agenda": said["agenda"],
        "sequence": 2,
        "version": 3,
    }
    last = (await network.seen(meetings.team.lead, f"{one}/history"))["items"][-1]
    assert (last["verb"], last["detail"]) == (
        "learning_session.edited",
        {
            "link": WITHHELD,
            "local_start": {"from": session["local_start"], "to": "2026-03-30T10:00"},
            "agenda": {"from": session["agenda"], "to": said["agenda"]},
        },
    )
    alone = {"agenda": []}
    again = await meetings.done(meetings.facilitator, "PATCH", one, alone, read=changed)
    assert (again["agenda"], again["version"]) == ([], 4)
    nothing = await meetings.done(meetings.facilitator, "PATCH", one, alone, read=again)
    assert nothing == again
    stale = await meetings.call(meetings.facilitator, "PATCH", one, alone, read=session)
    assert refused(stale, "precondition_failed", 412, version=4)
    unread = await meetings.call(meetings.facilitator, "PATCH", one, alone)
    assert refused(unread, "precondition_required", 428)


async def test_what_is_over_is_changed_only_in_words(meetings: Meetings) -> None:
    held = await meetings.session("held")
    one = f"/learning-sessions/{held['id']}"
    words = {"materials": [{"title": "Slides", "url": "https://example.org/slides"}]}
    changed = await meetings.done(meetings.facilitator, "PATCH", one, words, read=held)
    assert [one["title"] for one in changed["materials"]] == ["Slides"]
    moved = {"local_start": "2026-03-30T10:00"}
    answer = await meetings.call(meetings.facilitator, "PATCH", one, moved, read=changed)
    assert refused(answer, "learning_session_fixed", 409)
    cancelled = await meetings.session("cancelled")
    one = f"/learning-sessions/{cancelled['id']}"
    answer = await meetings.call(meetings.facilitator, "PATCH", one, words, read=cancelled)
    assert refused(answer, "learning_session_fixed", 409)


async def test_nobody_leads_two_sessions_at_once(meetings: Meetings) -> None:
    await meetings.session("scheduled", local_start="2026-03-16T10:00")
    beside = await meetings.session(local_start="2026-03-16T11:29")
    one = f"/learning-sessions/{beside['id']}"
    answer = await meetings.call(meetings.facilitator, "POST", f"{one}/schedule")
    busy = "Leads another session at that time: Faye Cilitator."
    elsewhere = {"code": "facilitator_elsewhere", "detail": busy}
    assert refused(
        answer,
        "guards_unmet",
        409,
        detail=busy,
        unmet=[elsewhere | where(pointer="/facilitator_ids")],
    )
    explained = await meetings.done(meetings.facilitator, "GET", f"{one}/actions")
    assert [
        (action["name"], [unmet["code"] for unmet in action["unmet"]])
        for action in explained["actions"]
    ] == [("schedule", ["facilitator_elsewhere"]), ("cancel", [])]
    after = {"local_start": "2026-03-16T11:30"}
    beside = await meetings.done(meetings.facilitator, "PATCH", one, after, read=beside)
    beside = await meetings.moved(beside, "schedule")
    back = {"duration_minutes": 120, "local_start": "2026-03-16T09:00"}
    answer = await meetings.call(meetings.facilitator, "PATCH", one, back, read=beside)
    assert refused(answer, "facilitator_elsewhere", 409, detail=busy)


async def test_a_session_without_anybody_to_lead_it_does_not_take_place(
    meetings: Meetings,
) -> None:
    session = await meetings.session(facilitator_ids=[])
    path = f"/learning-sessions/{session['id']}/schedule"
    answer = await meetings.call(meetings.facilitator, "POST", path)
    missing = {
        "code": "facilitator_missing",
        "detail": "Name somebody who leads it first.",
        **where(pointer="/facilitator_ids"),
    }
    assert refused(answer, "guards_unmet", 409, unmet=[missing])


async def test_who_leads_takes_part_in_the_cohort(meetings: Meetings, network: Network) -> None:
    stranger = await network.people.person("Sam Stranger")
    ids = [
        str(meetings.team.member.account_id),
        str(stranger.account_id),
        str(meetings.team.member.account_id),
        meetings.cohort["id"],
    ]
    body = {
        "kind": "peer_circle",
        "title": "Ours",
        "local_start": "2026-03-16T10:00",
        "facilitator_ids": ids,
    }
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions"
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    unknown = {"code": "facilitator_unknown", "detail": ANY}
    assert refused(
        answer,
        "facilitator_unknown",
        422,
        errors=[{"pointer": f"/facilitator_ids/{n}", **unknown} for n in (1, 2, 3)],
    )
    made = await meetings.done(
        meetings.facilitator, "POST", path, body | {"facilitator_ids": ids[:1]}
    )
    assert made["facilitators"] == [person(meetings.team.member)]


async def test_an_agenda_fits_into_its_session(meetings: Meetings) -> None:
    agenda = [{"title": "Talk", "minutes": 60}, {"title": "More", "minutes": 31}]
    session = await meetings.session(agenda=[{"title": "Talk", "minutes": 90}])
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions"
    body = {"kind": "workshop", "title": "Long", "local_start": "2026-03-16T10:00"}
    made = await meetings.call(meetings.facilitator, "POST", path, body | {"agenda": agenda})
    one = f"/learning-sessions/{session['id']}"
    cut = await meetings.call(
        meetings.facilitator, "PATCH", one, {"duration_minutes": 89}, read=session
    )
    for answer, minutes in ((made, 90), (cut, 89)):
        detail = f"Must take no longer than {minutes} minutes together."
        fault = {"pointer": "/agenda", "code": "agenda_too_long", "detail": detail}
        assert refused(answer, "agenda_too_long", 422, errors=[fault])


async def test_a_draft_is_thrown_away_and_nothing_else(
    meetings: Meetings, network: Network
) -> None:
    draft, scheduled = await meetings.session(), await meetings.session("scheduled")
    one = f"/learning-sessions/{draft['id']}"
    answer = await meetings.call(meetings.facilitator, "DELETE", one, read=draft)
    assert (answer.status_code, answer.content) == (204, b"")
    answer = await meetings.call(meetings.facilitator, "GET", one)
    assert refused(answer, "learning_session_not_found", 404)
    history = await network.seen(network.manager, f"/cohorts/{meetings.cohort['id']}/history")
    assert (history["items"][-1]["verb"], history["items"][-1]["detail"]) == (
        "cohort.learning_session_deleted",
        {"learning_session_id": draft["id"], "title": draft["title"]},
    )
    path = f"/learning-sessions/{scheduled['id']}"
    answer = await meetings.call(meetings.facilitator, "DELETE", path, read=scheduled)
    assert refused(answer, "learning_session_not_draft", 409)


async def test_lists_by_what_is_asked(meetings: Meetings, network: Network) -> None:
    first = await meetings.session("scheduled", title="First")
    second = await meetings.session(title="Second", local_start="2026-03-09T09:00")
    other = await network.cohort(reference="PLN-C2")
    at = "2026-03-09T09:00:00Z"
    for query, found in {
        "": [first, second],
        "sort=-starts_at": [second, first],
        "status=draft": [second],
        "kind=showcase": [],
        f"starts_from={at}": [second],
        "starts_until=2026-03-08T00:00:00Z": [first],
        "status=draft&status=scheduled": [first, second],
        "limit=1": [first],
    }.items():
        for path in ("/learning-sessions", f"/cohorts/{meetings.cohort['id']}/learning-sessions"):
            listed = await network.seen(meetings.facilitator, f"{path}?{query}")
            assert listed["items"] == found, (path, query)
    listed = await network.seen(network.manager, f"/learning-sessions?cohort_id={other['id']}")
    assert listed == page()
    nobody = await network.people.person("Nora Nobody")
    answer = await meetings.call(nobody, "GET", "/learning-sessions")
    assert refused(answer, "not_allowed", 403, permission="learning_session.read")
    nowhere = f"/cohorts/{other['id']}/learning-sessions"
    answer = await meetings.call(meetings.facilitator, "GET", nowhere)
    assert refused(answer, "cohort_not_found", 404)


async def test_a_time_that_is_none(meetings: Meetings) -> None:
    path = f"/cohorts/{meetings.cohort['id']}/learning-sessions"
    for said in ("2026-02-30T10:00", "2026-03-02T10:00Z", "2026-03-02", "1700-01-01T10:00"):
        body = {"kind": "workshop", "title": "When?", "local_start": said}
        answer = await meetings.call(meetings.facilitator, "POST", path, body)
        assert answer.status_code == 422, said
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/local_start"]


async def test_what_waits_for_whoever_leads(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    over = await meetings.session("live")
    later = "2026-03-09T09:00"
    put_off = await meetings.session("postponed", title="Put off", local_start=later)
    work = await network.seen(meetings.facilitator, "/me/work")
    assert [(one["kind"], one["subject"]["name"]) for one in work["items"]] == [
        ("reschedule_session", "Put off")
    ]
    clock.set(datetime(2026, 3, 2, 10, 30, tzinfo=UTC))
    work = await network.seen(meetings.facilitator, "/me/work")
    assert {(one["kind"], one["subject"]["id"]) for one in work["items"]} == {
        ("reschedule_session", put_off["id"]),
        ("hold_session", over["id"]),
    }
    assert (await network.seen(meetings.team.lead, "/me/work"))["items"] == []


async def test_a_session_cannot_be_planned_in_a_cohort_that_has_ended(
    meetings: Meetings, network: Network
) -> None:
    ended = await network.cohort("cancelled", reference="PLN-C2")
    body = {"kind": "workshop", "title": "Late", "local_start": "2026-03-16T10:00"}
    path = f"/cohorts/{ended['id']}/learning-sessions"
    answer = await meetings.call(network.coordinator, "POST", path, body)
    assert answer.json() == problem("cohort_ended", 409)
    series = body | {"rule": "FREQ=DAILY;COUNT=2"}
    path = f"/cohorts/{ended['id']}/session-series"
    answer = await meetings.call(network.coordinator, "POST", path, series)
    assert answer.json() == problem("cohort_ended", 409)


async def test_what_was_done_in_it_names_it_as_the_place(
    meetings: Meetings, network: Network
) -> None:
    session = await meetings.session()
    done = await network.seen(network.coordinator, "/activity?noun=learning_session")
    place = {"id": session["id"], "reference": None, "name": session["title"]}
    assert [one["scope"] for one in done["items"]] == [place]
