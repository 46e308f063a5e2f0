"""Action items over HTTP: agreed, carried on, done, dropped, left behind."""

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import ANY

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from app.people.identity.scopes import NETWORK_ID
from tests.answers import START, edits, page, refused
from tests.counting import statements
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import WHY, Meetings
from tests.learning.sessions.replies import named
from tests.people.identity.people import Person

DUE = "2026-03-20"
AT_MOST = {"create": 12, "edit": 12, "finish": 11}
"""Who makes a verb take fewer writes the new number here."""


async def agreed(meetings: Meetings, session: Json, owner: Person, **fields: Any) -> Json:
    by = fields.pop("by", meetings.facilitator)
    body = {"title": "Ask the port", "owner_id": str(owner.account_id), "due_on": DUE} | fields
    return await meetings.done(by, "POST", f"/learning-sessions/{session['id']}/action-items", body)


async def waits(meetings: Meetings, who: Person) -> list[tuple[str, str, str]]:
    work = await meetings.network.seen(who, "/me/work")
    kinds = ("finish_action_item", "drop_action_item")
    return [
        (one["kind"], one["subject"]["name"], one["due_at"])
        for one in work["items"]
        if one["kind"] in kinds
    ]


def shown(item: Json, session: Json, owner: Person, *actions: str, **fields: Any) -> Json:
    return {
        "id": item["id"],
        "learning_session": {"id": session["id"], "reference": None, "name": session["title"]},
        "raised_in_id": session["id"],
        "status": "open",
        "title": "Ask the port",
        "owner": named(owner),
        "due_on": DUE,
        "is_overdue": False,
        "settled_at": None,
        "available_actions": [
            {
                "name": name,
                "operation_id": f"{name}_action_item",
                "method": "POST",
                "href": f"/v1/action-items/{item['id']}/{name}",
                "needs_reason": name != "finish",
                "needs_if_match": False,
            }
            for name in actions
        ],
        "version": 1,
        "created_at": START,
        "updated_at": START,
        **fields,
    }


async def test_what_was_agreed_is_done(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    session, member = await meetings.session("live"), meetings.team.member
    item = await agreed(meetings, session, member)
    assert item == shown(item, session, member, "finish", "drop")
    path = f"/action-items/{item['id']}"
    assert await network.seen(member, path) == item
    listed = await network.seen(meetings.team.lead, "/action-items?include_total=true")
    assert listed == page(item, total_count=1)
    due_at = "2026-03-21T00:00:00.000000Z"
    assert await waits(meetings, member) == [("finish_action_item", "Ask the port", due_at)]
    assert await waits(meetings, meetings.team.lead) == []
    assert await waits(meetings, meetings.facilitator) == []
    later = {"due_on": "2026-03-19", "owner_id": str(meetings.team.lead.account_id)}
    moved = await meetings.done(meetings.facilitator, "PATCH", path, later, read=item)
    assert moved == item | {
        "due_on": "2026-03-19",
        "owner": named(meetings.team.lead),
        "version": 2,
    }
    clock.set(datetime(2026, 3, 20, 0, 0, tzinfo=UTC) - timedelta(microseconds=1))
    assert (await network.seen(member, path))["is_overdue"] is False
    clock.set(datetime(2026, 3, 20, 0, 0, tzinfo=UTC))
    assert (await network.seen(member, path))["is_overdue"] is True
    done = await meetings.done(meetings.team.lead, "POST", f"{path}/finish")
    at = "2026-03-20T00:00:00.000000Z"
    assert (done["status"], done["settled_at"], done["is_overdue"]) == ("done", at, False)
    assert await waits(meetings, meetings.team.lead) == []
    fixed = await meetings.call(meetings.facilitator, "PATCH", path, later, read=done)
    assert refused(fixed, "action_item_settled", 409)
    back = await meetings.done(meetings.facilitator, "POST", f"{path}/reopen", WHY)
    assert (back["status"], back["settled_at"]) == ("open", None)
    dropped = await meetings.done(meetings.team.lead, "POST", f"{path}/drop", WHY)
    assert dropped["status"] == "dropped"
    history = await network.seen(member, f"{path}/history")
    assert [(row["verb"], row["reason"]) for row in history["items"]] == [
        ("action_item.created", None),
        ("action_item.edited", None),
        ("action_item.finished", None),
        ("action_item.reopened", WHY["reason"]),
        ("action_item.dropped", WHY["reason"]),
    ]
    changed = edits(
        {"due_on": DUE, "owner_id": str(member.account_id)}, later, "due_on", "owner_id"
    )
    assert history["items"][1]["detail"] == changed


async def test_each_says_what_they_do_themselves(meetings: Meetings, network: Network) -> None:
    session, lead, member = await meetings.session("held"), meetings.team.lead, meetings.team.member
    own = await agreed(meetings, session, member, by=member)
    assert own["owner"] == named(member)
    path = f"/learning-sessions/{session['id']}/action-items"
    body = {"title": "Ask", "owner_id": str(lead.account_id), "due_on": DUE}
    answer = await meetings.call(member, "POST", path, body)
    assert refused(answer, "only_for_oneself", 403)
    stranger = await network.people.person("Sam Stranger")
    body["owner_id"] = str(stranger.account_id)
    fault = {"pointer": "/owner_id", "code": "doer_unknown", "detail": ANY}
    answer = await meetings.call(meetings.facilitator, "POST", path, body)
    assert refused(answer, "doer_unknown", 422, errors=[fault])
    one = f"/action-items/{own['id']}"
    answer = await meetings.call(
        meetings.facilitator, "PATCH", one, {"owner_id": body["owner_id"]}, read=own
    )
    assert refused(answer, "doer_unknown", 422, errors=[fault])
    theirs = {
        "code": "not_theirs",
        "detail": "Somebody else does this: they say so, or who leads the session.",
    }
    for move, reason in (("finish", None), ("drop", WHY)):
        answer = await meetings.call(lead, "POST", f"{one}/{move}", reason)
        assert refused(answer, "guards_unmet", 409, unmet=[theirs])
    told = await network.seen(lead, f"{one}/actions")
    assert [(one["name"], one["unmet"]) for one in told["actions"]] == [
        ("finish", [theirs]),
        ("drop", [theirs]),
    ]
    await meetings.done(member, "POST", f"{one}/finish")
    answer = await meetings.call(lead, "POST", f"{one}/reopen", WHY)
    assert refused(answer, "guards_unmet", 409, unmet=[theirs])
    funder = await network.people.person("Fran Under", (Role.FUNDER, network.programme_id))
    answer = await meetings.call(funder, "GET", one)
    assert refused(answer, "action_item_not_found", 404)


async def test_nothing_is_agreed_before_it_begins_nor_after_its_cohort(
    meetings: Meetings, network: Network
) -> None:
    body = {
        "title": "Ask",
        "owner_id": str(meetings.facilitator.account_id),
        "due_on": DUE,
    }
    for status in ("draft", "scheduled", "cancelled"):
        session = await meetings.session(status, local_start="2026-03-16T10:00")
        path = f"/learning-sessions/{session['id']}/action-items"
        answer = await meetings.call(meetings.facilitator, "POST", path, body)
        assert refused(answer, "session_not_begun", 409)
        await meetings.moved(session, "cancel") if status != "cancelled" else None
    held = await meetings.session("held")
    item = await agreed(meetings, held, meetings.coordinator)
    other = await agreed(meetings, held, meetings.coordinator)
    await meetings.done(meetings.coordinator, "POST", f"/action-items/{other['id']}/drop", WHY)
    assert len(await waits(meetings, meetings.coordinator)) == 1
    await network.walk_cohort(meetings.cohort, "closed")
    assert await waits(meetings, meetings.coordinator) == []
    path = f"/learning-sessions/{held['id']}/action-items"
    body["owner_id"] = str(meetings.coordinator.account_id)
    answer = await meetings.call(meetings.coordinator, "POST", path, body)
    assert refused(answer, "cohort_ended", 409)
    path = f"/action-items/{other['id']}/reopen"
    answer = await meetings.call(meetings.coordinator, "POST", path, WHY)
    ended = {"code": "cohort_ended", "detail": "The cohort is closed: nothing more is asked in it."}
    assert refused(answer, "guards_unmet", 409, unmet=[ended])
    done = await meetings.done(meetings.coordinator, "POST", f"/action-items/{item['id']}/finish")
    assert done["status"] == "done"


async def test_what_is_open_is_carried_on_within_its_series(
    meetings: Meetings, network: Network, clock: FixedClock
) -> None:
    series = await meetings.series("FREQ=WEEKLY;COUNT=4")
    await meetings.done(meetings.facilitator, "POST", f"/session-series/{series['id']}/schedule")
    first, second, third, last = await meetings.sessions_of(series)
    clock.set(datetime(2026, 3, 16, 10, 0, tzinfo=UTC))
    await meetings.moved(first, "begin")
    member = meetings.team.member
    item = await agreed(meetings, first, member, due_on="2026-04-30")
    done = await agreed(meetings, first, member, title="At once", due_on="2026-04-30")
    await meetings.done(member, "POST", f"/action-items/{done['id']}/finish")
    await meetings.moved(second, "cancel")
    await meetings.moved(first, "hold")
    asked = await network.seen(member, f"/learning-sessions/{third['id']}/action-items")
    assert [(one["id"], one["raised_in_id"]) for one in asked["items"]] == [
        (item["id"], first["id"])
    ]
    late = await agreed(meetings, first, member, title="Afterwards", due_on="2026-04-30")
    assert late["learning_session"]["id"] == third["id"]
    await meetings.moved(third, "cancel")
    told = await network.seen(member, f"/action-items/{item['id']}")
    assert told["learning_session"]["id"] == last["id"]
    history = await network.seen(member, f"/action-items/{item['id']}/history")
    assert [(row["verb"], row["detail"]) for row in history["items"][1:]] == [
        ("action_item.carried", {"learning_session_id": third["id"]}),
        ("action_item.carried", {"learning_session_id": last["id"]}),
    ]
    clock.set(datetime(2026, 4, 6, 9, 0, tzinfo=UTC))
    await meetings.moved(last, "begin")
    await meetings.moved(last, "hold")
    told = await network.seen(member, f"/action-items/{item['id']}")
    assert (told["learning_session"]["id"], told["status"]) == (last["id"], "open")


async def test_what_somebody_left_behind_waits_for_who_leads(
    meetings: Meetings, network: Network
) -> None:
    session, member = await meetings.session("held"), meetings.team.member
    await agreed(meetings, session, member)
    due_at = "2026-03-21T00:00:00.000000Z"
    left = [("drop_action_item", "Ask the port", due_at)]
    assert await waits(meetings, meetings.facilitator) == []
    administrator = await network.people.person("Ada Min", (Role.ADMINISTRATOR, NETWORK_ID))
    path = f"/accounts/{member.account_id}"
    await meetings.done(administrator, "POST", f"{path}/disable", {"reason": "They have left."})
    assert await waits(meetings, meetings.facilitator) == left
    await meetings.done(administrator, "POST", f"{path}/enable", {"reason": "They are back."})
    assert await waits(meetings, meetings.facilitator) == []
    await network.end_memberships(meetings.cohort)
    assert await waits(meetings, meetings.facilitator) == left


async def test_no_verb_takes_more_for_more(meetings: Meetings, network: Network) -> None:
    session, member = await meetings.session("live"), meetings.team.member
    for size in (1, 20):
        taken: dict[str, int] = {}
        for _ in range(size):
            with statements() as sent:
                item = await agreed(meetings, session, member)
            taken["create"] = len(sent)
        path = f"/action-items/{item['id']}"
        with statements() as sent:
            later = {"due_on": "2026-05-01"}
            await meetings.done(meetings.facilitator, "PATCH", path, later, read=item)
        taken["edit"] = len(sent)
        with statements() as sent:
            await meetings.done(member, "POST", f"{path}/finish")
        taken["finish"] = len(sent)
        for read in (path, "/action-items?include_total=true"):
            with statements() as sent:
                await network.seen(member, read)
            assert len(sent) == 1, read
        assert {name: count for name, count in taken.items() if count > AT_MOST[name]} == {}
