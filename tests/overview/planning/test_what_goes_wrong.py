"""The life of a cohort with what goes wrong in it: each event as one story."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.kernel.clock import FixedClock, beginning
from app.people.identity.roles import Role
from tests.answers import refused
from tests.factories import organisation
from tests.grant_walks import WHY, Funding
from tests.journeys import Json, Network
from tests.people.identity.people import Person


async def kinds(network: Network, who: Person) -> list[str]:
    return [item["kind"] for item in (await network.seen(who, "/me/work"))["items"]]


async def verbs(network: Network, path: str) -> list[str]:
    page = await network.seen(network.manager, f"{path}/history?limit=200")
    return [row["verb"] for row in page["items"]]


async def test_a_lead_is_replaced_in_the_middle_of_a_report(funding: Funding) -> None:
    network = funding.network
    report = await funding.report("draft")
    successor = await network.people.person("Nia New", (Role.COLLABORATION_LEAD, funding.team.id))
    path = f"/role-assignments?account_id={funding.lead.account_id}"
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    [held] = (await network.seen(ann, path))["items"]
    await network.done(ann, f"/role-assignments/{held['id']}/end", WHY)

    gone = await funding.call(funding.lead, "POST", f"/reports/{report['id']}/submit")
    assert refused(gone, "report_not_found", 404)
    assert "submit_report" in await kinds(network, successor)
    assert "name_lead" not in await kinds(network, funding.coordinator)
    submitted = await funding.make(successor, report, "submit")
    assert (submitted["status"], submitted["prepared_by"]["id"]) == (
        "submitted",
        report["prepared_by"]["id"],
    )


async def test_two_collaborations_merge(network: Network) -> None:
    one, other = await network.team(1), await network.team(2)
    for name in ("Max", "Mia"):
        who = await network.people.person(name, Role.PROGRAMME_MANAGER)
        body = {"duplicate_id": str(other.id), "reason": "Entered twice."}
        headers = {**who.headers, "If-Match": "*"}
        path = f"/v1/collaborations/{one.id}/merge"
        answer = await network.client.post(path, headers=headers, json=body)
    assert answer.json()["is_merged"] is True
    seen = await network.seen(other.lead, f"/collaborations/{one.id}")
    assert [item["name"] for item in seen["former_names"]] == [other.ref["name"]]


async def test_two_organisations_merge_and_one_is_renamed(network: Network) -> None:
    client, manager = network.client, await network.people.person("Max", Role.PROGRAMME_MANAGER)
    one = await organisation(client, manager, "River Trust")
    two = await organisation(client, manager, "Rivers Trust")
    headers = {**manager.headers, "If-Match": "*"}
    path = f"/v1/organisations/{one['id']}"
    await client.patch(path, headers=headers, json={"name": "Water Alliance"})
    body = {"duplicate_id": two["id"], "reason": "One charity, entered twice."}
    await client.post(f"{path}/merge", headers=headers, json=body)
    for q in ("water", "river trust", "rivers"):
        found = await client.get("/v1/organisations", headers=manager.headers, params={"q": q})
        assert [item["id"] for item in found.json()["items"]] == [one["id"]], q
    assert await verbs(network, f"/organisations/{one['id']}") == [
        "organisation.created",
        "organisation.edited",
        "organisation.merged",
    ]


async def test_a_cohort_starts_a_month_late_and_really_began_last_monday(
    network: Network, clock: FixedClock
) -> None:
    cohort = await network.cohort("confirmed")
    path = f"/v1/cohorts/{cohort['id']}"
    headers = {**network.coordinator.headers, "If-Match": "*"}
    later = {"days": 30, "reason": "The venue is free a month later."}
    moved = await network.client.post(f"{path}/reschedule", headers=headers, json=later)
    assert (moved.json()["planned_start_on"], moved.json()["planned_end_on"]) == (
        "2026-05-01",
        "2026-10-30",
    )
    clock.set(datetime(2026, 5, 7, 9, tzinfo=UTC))
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/start")
    headers = {**await network.headers(network.coordinator), "If-Match": "*"}
    stated = await network.client.patch(path, headers=headers, json={"started_on": "2026-05-04"})
    assert stated.json()["started_at"] == "2026-05-03T23:00:00.000000Z", "midnight in London"
    assert await verbs(network, f"/cohorts/{cohort['id']}") == [
        "cohort.created",
        "cohort.recruitment_opened",
        "cohort.selection_opened",
        "cohort.confirmed",
        "cohort.rescheduled",
        "cohort.started",
        "cohort.edited",
    ]


@pytest.mark.parametrize(("decision", "words"), [("accepted", 1), ("rejected", 2)])
async def test_a_report_is_decided_by_mistake(funding: Funding, decision: str, words: int) -> None:
    report = await funding.report(decision)
    people = (funding.manager, funding.coordinator)
    for who in people[:words]:
        again = await funding.make(who, report, "reopen", WHY)
    milestone = await funding.done(funding.lead, "GET", f"/milestones/{report['milestone']['id']}")
    assert (again["status"], milestone["status"]) == ("in_review", "reported")
    assert "review_report" in await kinds(funding.network, funding.coordinator)


async def test_a_member_returns_from_leave(network: Network, clock: FixedClock) -> None:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "active")
    path = f"/memberships/{membership['id']}"
    leave = {"reason": "Parental leave.", "returns_on": "2026-04-01", "moves_due_dates": True}
    await network.done(network.coordinator, f"{path}/pause", leave)
    clock.set(datetime(2026, 4, 1, 9, tzinfo=UTC))
    assert "resume_membership" in await kinds(network, network.coordinator)
    back = await network.done(network.coordinator, f"{path}/resume")
    [pause] = back["pauses"]
    assert (back["status"], pause["resumed_at"]) == ("active", "2026-04-01T09:00:00.000000Z")


async def test_the_coordinator_leaves_and_cannot_name_her_successor(network: Network) -> None:
    cohort = await network.cohort("recruiting")
    role = (Role.FACILITATOR, network.programme_id)
    successor = await network.people.person("Sue Cessor", role)
    given = {"account_id": str(successor.account_id), "role": "coordinator"}
    given |= {"scope_id": cohort["id"]}
    headers = network.coordinator.headers
    named = await network.client.post("/v1/role-assignments", headers=headers, json=given)
    assert named.status_code == 403
    ann = await network.people.person("Ann", Role.ADMINISTRATOR)
    held = (
        await network.seen(ann, f"/role-assignments?account_id={network.coordinator.account_id}")
    )["items"]
    for role in held:
        await network.done(network.coordinator, f"/role-assignments/{role['id']}/end", WHY)
    assert await kinds(network, network.manager) == ["name_coordinator"]
    await network.done(network.manager, "/role-assignments", given)
    assert await kinds(network, network.manager) == []
    seen = await network.seen(successor, f"/cohorts/{cohort['id']}")
    assert UUID(seen["id"]) == UUID(cohort["id"])


@pytest.mark.parametrize(
    ("zone", "on", "begins", "hours"),
    [
        # The thirtieth of December 2011 did not take place in Samoa.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00:00+00:00", 0),
        # An hour came twice in London.
        ("Europe/London", date(2026, 10, 25), "2026-10-24T23:00:00+00:00", 25),
    ],
)
def test_a_due_date_on_a_day_that_a_zone_does_not_have_or_an_hour_that_it_has_twice(
    zone: str, on: date, begins: str, hours: int
) -> None:
    first, after = beginning(on, zone), beginning(on + timedelta(days=1), zone)
    said: Any = (first.isoformat(), (after - first) / timedelta(hours=1))
    assert said == (begins, hours)


async def test_the_history_is_all_there(network: Network) -> None:
    """What happened to a cohort is read from its record, in the order in which it happened."""
    cohort: Json = await network.cohort("running")
    reason = {"reason": "The first session was put off."}
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/undo-start", reason)
    await network.done(network.coordinator, f"/cohorts/{cohort['id']}/start")
    page = await network.seen(network.manager, f"/cohorts/{cohort['id']}/history")
    statuses = [(row["from_status"], row["to_status"]) for row in page["items"][-3:]]
    assert statuses == [
        ("confirmed", "running"),
        ("running", "confirmed"),
        ("confirmed", "running"),
    ]
