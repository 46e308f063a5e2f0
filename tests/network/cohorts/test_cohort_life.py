"""What follows when a cohort moves on, and what is in its way."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from app.kernel.clock import FixedClock
from tests.answers import START, edits, refused, where
from tests.counting import statements
from tests.journeys import Json, Network
from tests.people.identity.people import Person


async def act(
    network: Network, who: Person, cohort: Json, verb: str, body: Json | None = None, **headers: str
) -> httpx.Response:
    path = f"/v1/cohorts/{cohort['id']}/{verb}"
    return await network.client.post(path, json=body, headers={**who.headers, **headers})


def unmet(*found: tuple[str, str] | tuple[str, str, Json]) -> list[Json]:
    return [
        {"code": code, "detail": detail, **(place[0] if place else {})}
        for code, detail, *place in found
    ]


DATES = (
    "dates_missing",
    "Set `planned_start_on` and `planned_end_on` first.",
    where(pointer="/planned_end_on"),
)


async def test_recruitment_needs_dates(network: Network) -> None:
    cohort = await network.cohort(announced_capacity=None, planned_end_on=None)
    refusal = await act(network, network.coordinator, cohort, "recruit")
    assert refused(refusal, "guards_unmet", 409, unmet=unmet(DATES))
    explained = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/actions")
    recruit, cancel = explained["actions"]
    assert (recruit["possible"], recruit["unmet"]) == (False, unmet(DATES))
    assert (cancel["possible"], cancel["unmet"]) == (
        False,
        unmet(("permission_missing", "It takes the permission cohort.cancel here.")),
    )


async def test_where_no_number_is_announced_there_is_a_place_for_everybody(
    network: Network,
) -> None:
    """Until a number is announced after all, which is at least that of the places given."""
    cohort = await network.cohort("recruiting", announced_capacity=None)
    assert cohort["announced_capacity"] is None
    for number in (1, 2, 3):
        offered = await network.membership(cohort, await network.team(number))
        assert (offered["status"], offered["override_reason"]) == ("offered", None)
    figures = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/metrics")
    [fill] = [one for one in figures["metrics"] if one["key"] == "fill"]
    assert (fill["value"], fill["null_reason"]) == (None, "No capacity has been announced.")

    async def announced(places: int | None) -> httpx.Response:
        headers = {**network.coordinator.headers, "If-Match": "*"}
        path, body = f"/v1/cohorts/{cohort['id']}", {"announced_capacity": places}
        return await network.client.patch(path, json=body, headers=headers)

    few = {
        "pointer": "/announced_capacity",
        "code": "below_taken",
        "detail": "3 places are taken already: announce as many or more.",
    }
    assert refused(await announced(2), "validation_failed", 422, errors=[few])
    assert (await announced(3)).json()["announced_capacity"] == 3
    fourth = await network.membership(cohort, await network.team(4), "waitlisted")
    assert fourth["status"] == "waitlisted"
    assert refused(await announced(None), "capacity_announced", 409)


async def test_confirming_needs_its_minimum(network: Network) -> None:
    cohort = await network.cohort("selecting", minimum_size=2)
    await network.membership(cohort, await network.team(1), "accepted")
    await network.membership(cohort, await network.team(2))
    few = ("too_few_members", "1 of at least 2 have accepted a place.")
    refusal = await act(network, network.coordinator, cohort, "confirm")
    assert refused(refusal, "guards_unmet", 409, unmet=unmet(few))


async def test_starting_freezes_by_whom_retention_is_measured(
    network: Network, clock: FixedClock
) -> None:
    cohort = await network.cohort("selecting")
    early, late = await network.team(1), await network.team(2)
    staying = await network.membership(cohort, early, "onboarding")
    joining = await network.membership(cohort, late, "onboarding")
    await network.walk_cohort(cohort, "confirmed")
    await network.done(network.coordinator, f"/memberships/{staying['id']}/activate")
    clock.advance(timedelta(days=1))
    running = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/start")
    assert running["started_at"] == "2026-03-03T09:00:00.000000Z"
    assert running["retention_denominator"] == 1
    assert (running["places_taken"], running["selected_count"]) == (2, 2)
    await network.done(network.coordinator, f"/memberships/{joining['id']}/activate")
    counted = {
        team.id: (await network.seen(team.lead, f"/memberships/{made['id']}"))[
            "counts_for_retention"
        ]
        for team, made in ((early, staying), (late, joining))
    }
    assert counted == {early.id: True, late.id: False}
    assert (await network.seen(network.manager, f"/cohorts/{cohort['id']}"))[
        "retention_denominator"
    ] == 1


async def test_closing_needs_every_membership_at_its_end(network: Network) -> None:
    cohort = await network.cohort("running")
    team = await network.team(1)
    membership = await network.membership(cohort, team, "active")
    await network.walk_cohort(cohort, "wrapping_up")
    open_ones = (
        "memberships_open",
        "Complete or end first: DC-9090 (accepted), DC-9001 (active).",
        where(ANY, team.ref["name"]),
    )
    refusal = await act(network, network.coordinator, cohort, "close")
    assert refused(refusal, "guards_unmet", 409, unmet=unmet(open_ones))
    await network.done(network.coordinator, f"/memberships/{membership['id']}/complete")
    await network.end_memberships(cohort)
    closed = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/close")
    assert (closed["status"], closed["ended_at"]) == ("closed", START)
    assert closed["places_taken"] == 1


async def test_cancelling_withdraws_everyone(network: Network) -> None:
    cohort = await network.cohort("selecting", announced_capacity=2)
    first = await network.membership(cohort, await network.team(1), "accepted")
    await network.membership(cohort, await network.team(2), "declined")
    await network.membership(cohort, await network.team(3))
    await network.membership(cohort, await network.team(4), "waitlisted")
    cancelled = await network.done(
        network.manager, f"/cohorts/{cohort['id']}/cancel", {"reason": "No funding."}
    )
    assert (cancelled["status"], cancelled["places_taken"]) == ("cancelled", 0)
    page = await network.seen(network.manager, f"/cohorts/{cohort['id']}/memberships")
    assert [(made["status"], made["departure"]) for made in page["items"]] == [
        ("withdrawn", "cohort_cancelled"),
        ("declined", None),
        ("withdrawn", "cohort_cancelled"),
        ("withdrawn", "cohort_cancelled"),
    ]
    history = await network.seen(network.manager, f"/memberships/{first['id']}/history")
    assert history["items"][-1]["reason"] == "No funding."


async def test_a_reason_is_asked_for(network: Network) -> None:
    cohort = await network.cohort()
    assert (await act(network, network.manager, cohort, "cancel", {})).status_code == 422
    assert (await act(network, network.manager, cohort, "cancel")).status_code == 422


async def test_reopening(network: Network) -> None:
    cohort = await network.cohort("closed")
    reason = {"reason": "One report was overlooked."}
    reopened = await network.done(network.manager, f"/cohorts/{cohort['id']}/reopen", reason)
    assert reopened == cohort | {
        "status": "wrapping_up",
        "version": cohort["version"] + 1,
        "available_actions": reopened["available_actions"],
    }
    history = await network.seen(network.manager, f"/cohorts/{cohort['id']}/history")
    assert [row["verb"] for row in history["items"]] == [
        "cohort.created",
        "cohort.recruitment_opened",
        "cohort.selection_opened",
        "cohort.confirmed",
        "cohort.started",
        "cohort.wrapped_up",
        "cohort.closed",
        "cohort.reopened",
    ]


async def test_a_start_is_taken_back(network: Network) -> None:
    cohort = await network.cohort("confirmed", starts_automatically=True)
    path = f"/cohorts/{cohort['id']}"
    running = await network.done(network.coordinator, f"{path}/start")
    reason = {"reason": "The first session was put off."}
    undone = await network.done(network.coordinator, f"{path}/undo-start", reason)
    assert (running["started_at"], running["retention_denominator"]) == (START, 0)
    assert undone == running | {
        "status": "confirmed",
        "started_at": None,
        "retention_denominator": None,
        "starts_automatically": False,
        "version": running["version"] + 1,
        "available_actions": undone["available_actions"],
    }
    assert [one["name"] for one in undone["available_actions"]] == ["start"]
    history = await network.seen(network.manager, f"{path}/history")
    last = history["items"][-1]
    assert (last["verb"], last["reason"]) == ("cohort.start_undone", reason["reason"])
    assert (await network.done(network.coordinator, f"{path}/start"))["status"] == "running"


@pytest.mark.parametrize("joins_late", [False, True])
async def test_a_start_on_which_something_depends_stands(
    network: Network, joins_late: bool
) -> None:
    cohort, team = await network.cohort("confirmed"), await network.team(1)
    path = f"/cohorts/{cohort['id']}"
    if joins_late:
        await network.done(network.coordinator, f"{path}/start")
    member = await network.membership(cohort, team, "active")
    if not joins_late:
        await network.done(network.coordinator, f"{path}/start")
    await network.done(network.coordinator, f"/memberships/{member['id']}/complete")
    refusal = await act(network, network.coordinator, cohort, "undo-start", {"reason": "So."})
    one = member["collaboration"]
    detail = f"Measured since the start: {one['reference']} ({one['name']}) is completed."
    assert refused(refusal, "guards_unmet", 409, unmet=unmet(("start_depended_on", detail)))
    kept = await network.seen(network.coordinator, f"/memberships/{member['id']}")
    assert kept["counts_for_retention"] is not joins_late


async def edit(network: Network, cohort: Json, body: Json, **headers: str) -> httpx.Response:
    return await network.client.patch(
        f"/v1/cohorts/{cohort['id']}",
        json=body,
        headers={**network.coordinator.headers, **headers},
    )


async def test_editing_a_draft(network: Network) -> None:
    cohort = await network.cohort()
    changes = {
        "name": "Cohort one",
        "focus": None,
        "announced_capacity": 6,
        "planned_start_on": "2026-05-01",
    }
    response = await edit(network, cohort, changes, **{"If-Match": '"1"'})
    assert response.status_code == 200
    assert response.json() == cohort | changes | {"version": 2}
    history = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/history")
    assert history["items"][-1]["verb"] == "cohort.edited"
    assert history["items"][-1]["detail"] == edits(cohort, changes)


async def test_an_edit_that_changes_nothing_leaves_no_trace(network: Network) -> None:
    cohort = await network.cohort()
    response = await edit(network, cohort, {"name": cohort["name"]}, **{"If-Match": '"1"'})
    assert response.json() == cohort
    history = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/history")
    assert len(history["items"]) == 1


async def test_what_edits_are_refused(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    assert refused(await edit(network, cohort, {"name": "X"}), "precondition_required", 428)
    stale = await edit(network, cohort, {"name": "X"}, **{"If-Match": '"1"'})
    assert refused(stale, "precondition_failed", 412, version=2)
    fresh = {"If-Match": '"2"'}
    announced = await edit(network, cohort, {"announced_capacity": 9}, **fresh)
    assert refused(announced, "capacity_announced", 409)
    undated = await edit(network, cohort, {"planned_end_on": None}, **fresh)
    problem: list[dict[str, Any]] = undated.json()["errors"]
    assert [(p["pointer"], p["code"]) for p in problem] == [("/planned_end_on", "announced")]
    assert (await edit(network, cohort, {"reference": "NEW"}, **fresh)).status_code == 422


@pytest.mark.parametrize("status", ["closed", "cancelled"])
async def test_what_has_ended_is_not_edited(network: Network, status: str) -> None:
    cohort = await network.cohort(status)
    response = await edit(network, cohort, {"name": "X"}, **{"If-Match": "*"})
    assert refused(response, "cohort_ended", 409)


async def test_lists(network: Network) -> None:
    one = await network.cohort(reference="PLN-C1", name="Éducation")
    two = await network.cohort("recruiting", reference="PLN-C2", name="Climate resilience")
    see = network.seen
    two = await see(network.coordinator, f"/cohorts/{two['id']}")
    who, nested = network.coordinator, f"/programmes/{network.programme_id}/cohorts"

    async def listed(path: str) -> list[Json]:
        return (await see(who, path))["items"]

    assert await listed("/cohorts") == [two, one]
    assert await listed(f"{nested}?sort=name") == [two, one]
    assert await listed(f"{nested}?sort=reference") == [one, two]
    assert await listed("/cohorts?status=draft") == [one]
    assert await listed("/cohorts?q=EDUC") == [one]
    assert await listed("/cohorts?reference=PLN-C2") == [two]
    assert await listed(f"/cohorts?programme_id={network.programme_id}&q=climate") == [two]
    first = await see(who, "/cohorts?limit=1&include_total=true")
    assert (first["items"], first["total_count"]) == ([two], 2)
    assert await listed(f"/cohorts?limit=1&cursor={first['next_cursor']}") == [one]
    stranger = await network.people.person("Stan Stranger")
    answer = await network.client.get("/v1/cohorts", headers=stranger.headers)
    assert refused(answer, "not_allowed", 403, permission="cohort.read")


async def test_a_list_costs_the_same_however_long(network: Network) -> None:
    headers = network.coordinator.headers
    counts: list[int] = []
    for number in (1, 2, 3):
        await network.cohort(reference=f"PLN-C{number}")
        with statements() as sent:
            assert (await network.client.get("/v1/cohorts", headers=headers)).status_code == 200
        counts.append(len([one for one in sent if "SAVEPOINT" not in one]))
    assert counts == [counts[0]] * 3
