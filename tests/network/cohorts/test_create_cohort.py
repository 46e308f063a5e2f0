"""A cohort is prepared under its programme."""

from typing import Any

import httpx
import pytest

from app.people.identity.roles import Role
from tests.journeys import Network
from tests.people.identity.people import People

BODY = {
    "reference": "PLN-C1",
    "name": "Cohort 1",
    "focus": "Trust.",
    "timezone": "Europe/London",
    "announced_capacity": 5,
    "minimum_size": 3,
    "planned_start_on": "2020-12-01",
    "planned_end_on": "2021-05-31",
}


async def attempt(network: Network, headers: Any, **changes: Any) -> httpx.Response:
    path = f"/v1/programmes/{network.programme_id}/cohorts"
    return await network.client.post(path, json=BODY | changes, headers=headers)


async def test_the_whole_of_it(network: Network) -> None:
    response = await attempt(network, network.coordinator.headers)
    body = response.json()
    cohort_id = body["id"]
    assert response.status_code == 201
    assert response.headers["Location"] == f"/v1/cohorts/{cohort_id}"
    assert body == {
        "id": cohort_id,
        "reference": "PLN-C1",
        "name": "Cohort 1",
        "focus": "Trust.",
        "programme": {
            "id": str(network.programme_id),
            "reference": "PLN",
            "name": "Peer learning network",
        },
        "status": "draft",
        "timezone": "Europe/London",
        "announced_capacity": 5,
        "minimum_size": 3,
        "places_taken": 0,
        "selected_count": 0,
        "waitlisted_count": 0,
        "planned_start_on": "2020-12-01",
        "planned_end_on": "2021-05-31",
        "starts_automatically": False,
        "started_at": None,
        "ended_at": None,
        "retention_denominator": None,
        "offer_hours": 72,
        "late_joining_days": 14,
        "commons_id": body["commons_id"],
        "version": 1,
        "available_actions": [
            {
                "name": "recruit",
                "operation_id": "recruit_cohort",
                "method": "POST",
                "href": f"/v1/cohorts/{cohort_id}/recruit",
                "needs_reason": False,
                "needs_if_match": False,
            }
        ],
        "created_at": "2026-03-02T09:00:00.000000Z",
        "updated_at": "2026-03-02T09:00:00.000000Z",
    }
    assert body["commons_id"] != cohort_id
    assert await network.seen(network.coordinator, f"/cohorts/{cohort_id}") == body


async def test_anonymous(network: Network) -> None:
    assert (await attempt(network, {})).status_code == 401


async def test_a_programme_that_is_not_there(network: Network) -> None:
    path = "/v1/programmes/0195a3f0-7c1e-7000-8000-5f0e4a7d2b91/cohorts"
    response = await network.client.post(path, json=BODY, headers=network.coordinator.headers)
    assert (response.status_code, response.json()["code"]) == (404, "programme_not_found")


async def test_whoever_does_not_run_the_programme(network: Network, people: People) -> None:
    funder = await people.person("Fay Funder", (Role.FUNDER, network.programme_id))
    response = await attempt(network, funder.headers)
    assert response.status_code == 403
    assert response.json()["permission"] == "cohort.create"


async def test_the_reference_is_unique(network: Network) -> None:
    assert (await attempt(network, network.coordinator.headers)).status_code == 201
    response = await attempt(network, network.coordinator.headers, name="Another")
    assert (response.status_code, response.json()["code"]) == (409, "cohort_reference_taken")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"planned_end_on": "2020-11-30"}, "/planned_end_on", "before_start"),
        ({"minimum_size": 6}, "/minimum_size", "above_capacity"),
        ({"announced_capacity": 0}, "/announced_capacity", "greater_than_equal"),
        ({"timezone": "Europe/Atlantis"}, "/timezone", "value_error"),
        ({"reference": "A-REFERENCE-OF16"}, "/reference", "string_too_long"),
        ({"reference": "lower case"}, "/reference", "string_pattern_mismatch"),
        ({"status": "running"}, "/status", "extra_forbidden"),
    ],
)
async def test_bad_shapes(
    network: Network, changes: dict[str, Any], pointer: str, code: str
) -> None:
    response = await attempt(network, network.coordinator.headers, **changes)
    assert response.status_code == 422
    assert [(e["pointer"], e["code"]) for e in response.json()["errors"]] == [(pointer, code)]
