"""Several places at once: all of them, or none and a pointer for each fault."""

from typing import Any

import httpx

from tests.answers import refused
from tests.journeys import Json, Network


async def attempt(
    network: Network, cohort: Json, items: list[Json], headers: Any = None
) -> httpx.Response:
    return await network.client.post(
        f"/v1/cohorts/{cohort['id']}/memberships/batch",
        json={"items": items},
        headers=network.coordinator.headers if headers is None else headers,
    )


async def test_places_go_in_the_order_given(network: Network) -> None:
    cohort = await network.cohort("selecting", announced_capacity=2)
    teams = [await network.team(number) for number in range(1, 5)]
    items: list[Json] = [{"collaboration_id": str(team.id)} for team in teams]
    items[3]["override_reason"] = "The panel insists."
    response = await attempt(network, cohort, items)
    assert response.status_code == 201
    made = response.json()["items"]
    assert [
        (one["collaboration"], one["status"], one["waitlist_rank"], one["override_reason"])
        for one in made
    ] == [
        (teams[0].ref, "offered", None, None),
        (teams[1].ref, "offered", None, None),
        (teams[2].ref, "waitlisted", 1, None),
        (teams[3].ref, "offered", None, "The panel insists."),
    ]
    page = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}/memberships")
    assert page["items"] == made


async def test_one_fault_and_nothing_is_done(network: Network) -> None:
    cohort = await network.cohort("selecting")
    member, other = await network.team(1), await network.team(2)
    await network.membership(cohort, member)
    response = await attempt(
        network,
        cohort,
        [
            {"collaboration_id": str(other.id)},
            {"collaboration_id": str(member.id)},
            {"collaboration_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"},
            {"collaboration_id": str(other.id), "offer_expires_at": "2020-01-01T00:00:00Z"},
        ],
    )
    assert response.status_code == 422
    assert response.json()["code"] == "batch_refused"
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]] == [
        ("/items/1/collaboration_id", "already_in_cohort"),
        ("/items/2/collaboration_id", "collaboration_not_found"),
        ("/items/3/collaboration_id", "already_in_cohort"),
        ("/items/3/offer_expires_at", "in_the_past"),
    ]
    after = await network.seen(network.coordinator, f"/cohorts/{cohort['id']}")
    assert after["places_taken"] == 1


async def test_how_many(network: Network) -> None:
    cohort = await network.cohort("selecting")
    some: Json = {"collaboration_id": "0195a3f0-7c1e-7000-8000-5f0e4a7d2b91"}
    too_many = await attempt(network, cohort, [some] * 101)
    assert [fault["code"] for fault in too_many.json()["errors"]] == ["too_long"]
    none = await attempt(network, cohort, [])
    assert [fault["code"] for fault in none.json()["errors"]] == ["too_short"]


async def test_who_may_not(network: Network) -> None:
    cohort = await network.cohort("selecting")
    team = await network.team()
    items = [{"collaboration_id": str(team.id)}]
    assert refused(await attempt(network, cohort, items, {}), "unauthenticated", 401)
    lead = await attempt(network, cohort, items, team.lead.headers)
    assert refused(lead, "cohort_not_found", 404)
