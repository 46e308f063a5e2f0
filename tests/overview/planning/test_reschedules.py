"""A cohort moves in one call, with all that is due in it; a preview says first what would move."""

from typing import Any

import httpx
import pytest

from app.people.identity.roles import Role
from tests.answers import START, edits, refused
from tests.grant_walks import Funding, milestone
from tests.journeys import Json, Network
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

ASKED = {"stage": "completion", "key": "talk", "title": "Talk", "anchor": "planned_start"}
WHY = "The venue is free a month later."


async def reschedule(
    network: Network, who: Person | None, cohort: Json, if_match: str = "*", **body: Any
) -> httpx.Response:
    said = {"days": 31, "reason": WHY, **body}
    headers = {**(await network.headers(who) if who else {}), "If-Match": if_match}
    path = f"/v1/cohorts/{cohort['id']}/reschedule"
    return await network.client.post(path, json=said, headers=headers)


async def member(network: Network, cohort: Json, number: int) -> Funding:
    team = await network.team(number)
    membership = await network.membership(cohort, team, "active")
    return Funding(network, team, cohort, membership)


async def due(network: Network, path: str) -> list[tuple[str, str]]:
    items = (await network.seen(network.manager, f"/{path}?limit=200"))["items"]
    return [(one["id"], one["due_on"]) for one in items]


def moved(one: Json, name: str, team: Any, new_due_on: str) -> Json:
    return {
        "id": one["id"],
        "reference": one.get("reference"),
        "name": name,
        "member": team.ref,
        "due_on": one["due_on"],
        "new_due_on": new_due_on,
    }


async def test_all_that_is_due_moves_with_it(network: Network) -> None:
    cohort = await network.cohort("running")
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/requirements", ASKED)
    funded, waiting = await member(network, cohort, 1), await member(network, cohort, 2)
    first = milestone("A map", 800_000, "2026-05-31", is_parallel=True)
    last = milestone("Report", 1_200_000, "2026-08-31", is_parallel=True)
    grant = await funded.grant("active", milestones=[first, last])
    draft = await waiting.grant("draft", milestones=[milestone("Plan", 2_000_000, "2026-06-30")])
    early, late = await funded.milestones(grant)
    [unsigned] = await waiting.milestones(draft)
    tasks = (await network.seen(network.manager, "/tasks"))["items"]
    before = [await due(network, path) for path in ("tasks", "milestones")]

    preview = (await reschedule(network, network.coordinator, cohort, dry_run=True)).json()
    untouched = [await due(network, path) for path in ("tasks", "milestones")]
    answer = await reschedule(network, network.coordinator, cohort)

    teams = {one.team.ref["id"]: one.team for one in (funded, waiting)}
    by_id = {one["id"]: one for one in tasks}

    def stays(one: Json, team: Any, because: str) -> Json:
        said = {key: one[key] for key in ("id", "reference", "due_on")}
        return {**said, "name": one["title"], "member": team.ref, "because": because}

    said = {
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "is_dry_run": False,
        "days": 31,
        "planned_start_on": "2026-05-02",
        "planned_end_on": "2026-10-31",
        "tasks": [
            moved(
                by_id[key],
                "Talk",
                teams[by_id[key]["membership"]["collaboration"]["id"]],
                by_id[key]["due_on"][:5] + "05-02",
            )
            for key in sorted(by_id)
        ],
        "milestones": [moved(early, "A map", funded.team, "2026-07-01")],
        "stays": [
            stays(late, funded.team, "passes_agreed_end"),
            stays(unsigned, waiting.team, "not_signed"),
        ],
        "sessions": [],
        "version": cohort["version"] + 1,
    }
    assert answer.json() == said
    assert preview == {**said, "is_dry_run": True, "version": cohort["version"]}
    assert untouched == before
    dates = dict(await due(network, "milestones"))
    assert dates == {
        early["id"]: "2026-07-01",
        late["id"]: "2026-08-31",
        unsigned["id"]: "2026-06-30",
    }
    assert {on for _, on in await due(network, "tasks")} == {"2026-05-02"}
    history = await network.seen(network.manager, f"/cohorts/{cohort['id']}/history")
    planned = {"planned_start_on": "2026-05-02", "planned_end_on": "2026-10-31"}
    assert (history["items"][-1]["verb"], history["items"][-1]["detail"]) == (
        "cohort.rescheduled",
        {
            "days": 31,
            **edits(cohort, planned),
            "tasks": 2,
            "milestones": 1,
            "stays": 2,
            "sessions": 0,
        },
    )
    lead = await network.seen(funded.lead, f"/milestones/{early['id']}/history")
    assert (lead["items"][-1]["verb"], lead["items"][-1]["reason"]) == ("milestone.extended", WHY)


async def test_what_was_agreed_is_due_earlier_for_nobody(network: Network) -> None:
    cohort = await network.cohort("running")
    funded = await member(network, cohort, 1)
    grant = await funded.grant("active")
    back = (await reschedule(network, network.coordinator, cohort, days=-7)).json()
    assert (back["planned_start_on"], back["planned_end_on"]) == ("2026-03-25", "2026-09-23")
    assert back["milestones"] == []
    assert {one["because"] for one in back["stays"]} == {"not_later"}
    assert [one["due_on"] for one in await funded.milestones(grant)] == [
        "2026-05-31",
        "2026-08-31",
    ]


async def test_who_may_not_and_when(network: Network, funding: Funding) -> None:
    cohort = await network.seen(network.manager, f"/cohorts/{funding.cohort['id']}")
    assert refused(await reschedule(network, None, cohort), "unauthenticated", 401)
    assert refused(await reschedule(network, funding.lead, cohort), "cohort_not_found", 404)
    stale = await reschedule(network, network.coordinator, cohort, '"77-0"')
    assert refused(stale, "precondition_failed", 412, version=cohort["version"])
    far = await reschedule(network, network.coordinator, cohort, days=731)
    assert [fault["pointer"] for fault in far.json()["errors"]] == ["/days"]
    over = await network.walk_cohort(cohort, "cancelled")
    assert refused(await reschedule(network, network.coordinator, over), "cohort_ended", 409)


async def edit(network: Network, cohort: Json, **body: str) -> httpx.Response:
    headers = {**await network.headers(network.coordinator), "If-Match": "*"}
    return await network.client.patch(f"/v1/cohorts/{cohort['id']}", json=body, headers=headers)


async def test_when_it_really_began_and_ended_is_stated(network: Network) -> None:
    cohort = await network.cohort("wrapping_up")
    assert (cohort["started_at"], cohort["ended_at"]) == (START, START)
    stated = (await edit(network, cohort, started_on="2026-02-23", ended_on="2026-03-01")).json()
    began = {"started_at": "2026-02-23T00:00:00.000000Z", "ended_at": "2026-03-01T00:00:00.000000Z"}
    actions = stated["available_actions"]
    version = cohort["version"] + 1
    assert stated == {**cohort, **began, "version": version, "available_actions": actions}
    history = await network.seen(network.manager, f"/cohorts/{cohort['id']}/history")
    assert history["items"][-1]["detail"].keys() == {"started_at", "ended_at"}


@pytest.mark.parametrize(
    ("status", "body", "pointer", "code"),
    [
        ("confirmed", {"started_on": "2026-02-23"}, "/started_on", "not_yet"),
        ("running", {"ended_on": "2026-03-01"}, "/ended_on", "not_yet"),
        ("running", {"started_on": "2026-03-03"}, "/started_on", "in_the_future"),
        ("wrapping_up", {"ended_on": "2026-03-01"}, "/ended_on", "before_start"),
    ],
)
async def test_what_cannot_have_been_is_not_stated(
    network: Network, status: str, body: dict[str, str], pointer: str, code: str
) -> None:
    answer = await edit(network, await network.cohort(status), **body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


async def test_its_sessions_move_with_it_at_the_same_hour(network: Network) -> None:
    """Those that are to come: one over which somebody would be in two places stays, and is named;
    an hour across the change of the clocks is the same on the wall."""
    made = await Meetings.begin(network)
    both = await network.people.person("Fay Both", (Role.FACILITATOR, network.programme_id))
    hers = {"facilitator_ids": [str(both.account_id)]}
    weekly = {"Week 1": "2026-03-20T10:00", "Week 2": "2026-03-27T10:00"}
    led = [
        await made.session("scheduled", title=title, local_start=at) for title, at in weekly.items()
    ]
    draft = await made.session(title="To be said", local_start="2026-03-20T10:00", **hers)
    clashing = await made.session(
        "scheduled", title="Guest", local_start="2026-03-21T14:00", **hers
    )
    for status in ("postponed", "cancelled"):
        await made.session(status, title=status, local_start="2026-03-20T16:00")
    other = await network.cohort("recruiting", reference="PLN-C2")
    body = {"kind": "workshop", "title": "Theirs", "local_start": "2026-03-28T14:30", **hers}
    path = f"/cohorts/{other['id']}/learning-sessions"
    theirs = await made.done(network.coordinator, "POST", path, body)
    await made.moved(theirs, "schedule", network.coordinator)

    week = {"days": 7, "dry_run": True}
    preview = (await reschedule(network, network.coordinator, made.cohort, **week)).json()
    untouched = await network.seen(made.facilitator, f"/learning-sessions/{led[0]['id']}")
    answer = (await reschedule(network, network.coordinator, made.cohort, days=7)).json()

    def told(session: Json, new_local_start: str, because: str | None = None) -> Json:
        said = {key: session[key] for key in ("id", "title", "timezone", "local_start")}
        return {**said, "new_local_start": new_local_start, "stays_because": because}

    said = [
        told(led[0], "2026-03-27T10:00"),
        told(draft, "2026-03-27T10:00"),
        told(clashing, "2026-03-28T14:00", "facilitator_elsewhere"),
        told(led[1], "2026-04-03T10:00"),
    ]
    assert untouched == led[0]
    assert preview["sessions"] == said == answer["sessions"]
    seen = {
        one["title"]: (one["local_start"], one["starts_at"])
        for one in (await network.seen(made.facilitator, "/learning-sessions?limit=50"))["items"]
        if one["title"] in (*weekly, "Guest", "postponed")
    }
    assert seen == {
        "Week 1": ("2026-03-27T10:00", "2026-03-27T10:00:00.000000Z"),
        "Week 2": ("2026-04-03T10:00", "2026-04-03T09:00:00.000000Z"),
        "Guest": ("2026-03-21T14:00", "2026-03-21T14:00:00.000000Z"),
        "postponed": ("2026-03-20T16:00", "2026-03-20T16:00:00.000000Z"),
    }
    history = await network.seen(made.facilitator, f"/learning-sessions/{led[0]['id']}/history")
    assert (history["items"][-1]["verb"], history["items"][-1]["detail"]) == (
        "learning_session.edited",
        {"local_start": {"from": "2026-03-20T10:00", "to": "2026-03-27T10:00"}},
    )
    of_cohort = await network.seen(network.manager, f"/cohorts/{made.cohort['id']}/history")
    assert of_cohort["items"][-1]["detail"]["sessions"] == 3
    back = (await reschedule(network, network.coordinator, made.cohort, days=-60)).json()
    assert {one["stays_because"] for one in back["sessions"]} == {"in_the_past"}
