"""A lead asks for leave; whoever runs the cohort agrees or declines; both see it as work."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.kernel.clock import FixedClock
from app.network.cohorts.pauses.lifecycle import PAUSE_REQUEST
from app.people.identity.roles import Role
from tests.answers import START, page, refused
from tests.bound import BoundDatabase
from tests.counting import statements
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person

ASKED = {"reason": "Our data steward is on leave.", "returns_on": "2026-06-01"}
WHY = {"reason": "The cohort ends before that day."}


async def asked(network: Network, membership: Json, team: Team, **fields: Any) -> Json:
    path = f"/memberships/{membership['id']}/pause-requests"
    return await network.done(team.lead, path, ASKED | fields)


async def act(
    network: Network, who: Person | None, path: str, body: Json | None = None, **headers: str
) -> httpx.Response:
    said = dict(await network.headers(who)) if who else {}
    return await network.client.post(f"/v1{path}", json=body, headers=said | headers)


def ref(person: Person) -> Json:
    return {"id": str(person.account_id), "reference": None, "name": person.name}


def actions(request_id: str, *names: str) -> list[Json]:
    return [
        {
            "name": name,
            "operation_id": f"{name}_pause_request",
            "method": "POST",
            "href": f"/v1/pause-requests/{request_id}/{name}",
            "needs_reason": name == "decline",
            "needs_if_match": False,
        }
        for name in names
    ]


async def work(network: Network, who: Person) -> list[tuple[str, str, str | None, str]]:
    """(kind, subject, due, operation) of each item that concerns leave."""
    items = (await network.seen(who, "/me/work"))["items"]
    return [
        (item["kind"], item["subject"]["id"], item["due_at"], item["action"]["operation_id"])
        for item in items
        if "pause" in item["kind"] or item["kind"] == "resume_membership"
    ]


async def test_asked_and_agreed(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active", timezone="America/New_York")
    path = f"/memberships/{membership['id']}/pause-requests"
    made = await act(network, team.lead, path, ASKED)
    request = made.json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/v1/pause-requests/{request['id']}"
    assert request == ASKED | {
        "id": request["id"],
        "membership_id": membership["id"],
        "cohort": {key: cohort[key] for key in ("id", "reference", "name")},
        "collaboration": team.ref,
        "status": "open",
        "moves_due_dates": False,
        "asked_by": ref(team.lead),
        "answer": None,
        "settled_by": None,
        "settled_at": None,
        "version": 1,
        "available_actions": actions(request["id"], "withdraw"),
        "created_at": START,
        "updated_at": START,
    }
    assert await network.seen(team.lead, f"/pause-requests/{request['id']}") == request
    assert refused(await act(network, team.lead, path, ASKED), "pause_already_asked", 409)
    waits = ("decide_pause_request", request["id"], None, "agree_pause_request")
    assert await work(network, network.coordinator) == [waits]
    hers = ("await_pause_decision", request["id"], None, "withdraw_pause_request")
    assert await work(network, team.lead) == [hers]
    assert await work(network, team.member) == []

    clock.advance(timedelta(hours=1))
    agreed = await network.done(network.coordinator, f"/pause-requests/{request['id']}/agree")
    assert agreed == request | {
        "status": "agreed",
        "settled_by": ref(network.coordinator),
        "settled_at": "2026-03-02T10:00:00.000000Z",
        "version": 2,
        "available_actions": [],
        "updated_at": "2026-03-02T10:00:00.000000Z",
    }
    paused = await network.seen(team.lead, f"/memberships/{membership['id']}")
    assert (paused["status"], paused["pauses"]) == (
        "paused",
        [
            {
                "paused_at": "2026-03-02T10:00:00.000000Z",
                "returns_on": "2026-06-01",
                "moves_due_dates": False,
                "resumed_at": None,
            }
        ],
    )
    back = "2026-06-01T04:00:00.000000Z"
    assert await work(network, network.coordinator) == [
        ("resume_membership", membership["id"], back, "resume_membership")
    ]
    assert await work(network, team.lead) == []
    history = await network.seen(team.lead, f"/pause-requests/{request['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "pause_request.created",
        "pause_request.agreed",
    ]


async def test_declined_withdrawn_and_listed(network: Network) -> None:
    cohort = await network.cohort("running")
    team, other = await network.team(1), await network.team(2)
    membership = await network.membership(cohort, team, "active")
    elsewhere = await network.membership(cohort, other, "active")
    first = await asked(network, membership, team)
    declined = await network.done(
        network.coordinator, f"/pause-requests/{first['id']}/decline", WHY
    )
    assert (declined["status"], declined["answer"]) == ("declined", WHY["reason"])
    assert await work(network, team.lead) == await work(network, network.coordinator) == []
    second = await asked(network, membership, team)
    withdrawn = await network.done(team.lead, f"/pause-requests/{second['id']}/withdraw")
    assert (withdrawn["status"], withdrawn["settled_by"]) == ("withdrawn", ref(team.lead))
    counts: list[int] = []
    path = f"/memberships/{membership['id']}/pause-requests"
    third = await asked(network, elsewhere, other)
    for asking in (f"/pause-requests?membership_id={elsewhere['id']}", "/pause-requests"):
        with statements() as sent:
            await network.seen(network.coordinator, asking)
        counts.append(len(sent))
    assert counts == [1, 1]
    assert await network.seen(team.lead, path) == page(withdrawn, declined)
    assert await network.seen(team.member, "/pause-requests?status=declined") == page(
        declined | {"available_actions": []}
    )
    everyone = await network.seen(network.coordinator, f"/pause-requests?cohort_id={cohort['id']}")
    assert [item["id"] for item in everyone["items"]] == [third["id"], second["id"], first["id"]]
    explained = await network.seen(network.coordinator, f"/pause-requests/{third['id']}/actions")
    assert [(action["name"], action["possible"]) for action in explained["actions"]] == [
        ("agree", True),
        ("decline", True),
        ("withdraw", False),
    ]


async def test_what_is_refused(network: Network, clock: FixedClock) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "onboarding")
    path = f"/memberships/{membership['id']}/pause-requests"
    unmet = {
        "code": "membership_status",
        "detail": "The membership is onboarding; it has to be active.",
    }
    early = await act(network, team.lead, path, ASKED)
    assert refused(early, "guards_unmet", 409, unmet=[unmet])
    await network.done(network.coordinator, f"/memberships/{membership['id']}/activate")
    for who, code, status, more in (
        (None, "unauthenticated", 401, {}),
        (await network.people.person("Stan"), "membership_not_found", 404, {}),
        (team.member, "not_allowed", 403, {"permission": "pause_request.create"}),
    ):
        assert refused(await act(network, who, path, ASKED), code, status, **more)
    today = await act(network, team.lead, path, ASKED | {"returns_on": "2026-03-02"})
    assert [(e["pointer"], e["code"]) for e in today.json()["errors"]] == [
        ("/returns_on", "in_the_past")
    ]
    request = await asked(network, membership, team)
    stale = await act(
        network,
        network.coordinator,
        f"/pause-requests/{request['id']}/agree",
        **{"If-Match": '"7-0"'},
    )
    assert refused(stale, "precondition_failed", 412, version=1)
    clock.advance(timedelta(days=100))
    late = await act(network, network.coordinator, f"/pause-requests/{request['id']}/agree")
    assert [(e["pointer"], e["code"]) for e in late.json()["errors"]] == [
        ("/returns_on", "in_the_past")
    ]
    await network.walk_membership(membership, team, "withdrawn")
    over = await act(network, network.coordinator, f"/pause-requests/{request['id']}/agree")
    gone = unmet | {"detail": "The membership is withdrawn; it has to be active."}
    assert refused(over, "guards_unmet", 409, unmet=[gone])
    assert await work(network, network.coordinator) == [], "nobody is left to be given leave"


RUN = {"manager", "coordinator", "cohort_coordinator"}
MOVES: dict[str, tuple[str, set[str]]] = {
    "agree": ("agreed", RUN),
    "decline": ("declined", RUN),
    "withdraw": ("withdrawn", {"lead"}),
}
"""Each move from `open`: where to, by whom."""

UNSEEN = {"nobody", "observer", "lead_next_door", "coordinator_next_door"}


def test_the_table_here_knows_every_move() -> None:
    assert set(MOVES) | {"create"} == {move.name for move in PAUSE_REQUEST.moves}


@pytest.mark.thorough
async def test_every_status_move_and_role(network: Network, database: BoundDatabase) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active")
    people = await cast(network, cohort, membership, team)
    ways = {"declined": "coordinator", "withdrawn": "lead", "open": None, "agreed": "coordinator"}
    found: Json = {}
    wanted: Json = {}
    for status, by_whom in ways.items():
        request = await asked(network, membership, team)
        if by_whom:
            name = {to: move for move, (to, _) in MOVES.items()}[status]
            path = f"/pause-requests/{request['id']}/{name}"
            await network.done(people[by_whom], path, WHY if name == "decline" else None)
        for role, person in people.items():
            await network.headers(person)
            for name, (to, by) in MOVES.items():
                path = f"/pause-requests/{request['id']}/{name}"
                async with database.undone():
                    answer = await act(network, person, path, WHY if name == "decline" else None)
                body = answer.json()
                key = f"{status} {name} {role}"
                found[key] = body.get("code") or body["status"]
                wanted[key] = (
                    "pause_request_not_found"
                    if role in UNSEEN
                    else "not_allowed"
                    if role not in by
                    else to
                    if status == "open"
                    else "invalid_transition"
                )
        if status == "open":
            await network.done(team.lead, f"/pause-requests/{request['id']}/withdraw")
    assert found == wanted


async def cast(network: Network, cohort: Json, membership: Json, team: Team) -> dict[str, Person]:
    """One of each role where it is usually held, and some from next door."""
    other = await network.cohort(reference="PLN-C2")
    rival = await network.team(2)
    here, programme_id = UUID(cohort["id"]), network.programme_id
    held: dict[str, tuple[Role, UUID] | Role | None] = {
        "nobody": None,
        "administrator": Role.ADMINISTRATOR,
        "cohort_coordinator": (Role.COORDINATOR, here),
        "coordinator_next_door": (Role.COORDINATOR, UUID(other["id"])),
        "facilitator": (Role.FACILITATOR, here),
        "reviewer": (Role.REVIEWER, UUID(membership["id"])),
        "adviser": (Role.ADVISER, here),
        "finance_approver": (Role.FINANCE_APPROVER, programme_id),
        "payment_releaser": (Role.PAYMENT_RELEASER, programme_id),
        "funder": (Role.FUNDER, programme_id),
        "observer": (Role.OBSERVER, here),
        "auditor": Role.AUDITOR,
    }
    people = {"manager": network.manager, "coordinator": network.coordinator}
    for name, role in held.items():
        people[name] = await network.people.person(f"{name} X", *([role] if role else []))
    return people | {"lead": team.lead, "member": team.member, "lead_next_door": rival.lead}
