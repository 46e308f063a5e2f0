"""The catalogue of metrics, through HTTP."""

import httpx
import pytest

from app.kernel.metrics import METRICS, MetricScope, told_of
from tests.answers import refused
from tests.grant_walks import Funding


async def test_each_metric_is_explained(client: httpx.AsyncClient, funding: Funding) -> None:
    answer = await client.get("/v1/metrics", headers=funding.member.headers)

    assert answer.status_code == 200
    found = {one["key"]: one for one in answer.json()["items"]}
    assert list(found) == list(METRICS)
    words = ("title", "counted", "counted_of", "excluded", "without_denominator", "needs")
    for key, one in found.items():
        assert all(one[word] for word in words), key
        assert one["scopes"], key
    assert found["fill"] == {
        "key": "fill",
        "title": "Places taken of those announced",
        "unit": "share",
        "direction": "up",
        "counted": "Memberships that were accepted and neither withdrawn nor removed.",
        "counted_of": "The announced capacity; with an override the figure exceeds 1.",
        "excluded": "Memberships that were withdrawn or removed after acceptance.",
        "without_denominator": "No capacity has been announced.",
        "rules": ["Of a programme, the places of all its cohorts that announced how many."],
        "needs": "Memberships moved as they are offered, accepted and left.",
        "divisor": 1,
        "dimension": None,
        "scopes": ["cohort", "programme"],
        "past": "known_at",
        "likenesses": [
            {
                "figure": "`places_taken` of a cohort",
                "is_equal": False,
                "because": "A place is taken there from the offer on; here from the acceptance on.",
            }
        ],
        "definition_version": 2,
    }


async def test_one_metric_is_that_of_the_catalogue(
    client: httpx.AsyncClient, funding: Funding
) -> None:
    whole = await client.get("/v1/metrics", headers=funding.member.headers)
    for one in whole.json()["items"]:
        alone = await client.get(f"/v1/metrics/{one['key']}", headers=funding.member.headers)
        assert (alone.status_code, alone.json()) == (200, one)

    unknown = await client.get("/v1/metrics/happiness", headers=funding.member.headers)
    assert refused(unknown, "metric_not_found", 404)
    for path in ("/v1/metrics", "/v1/metrics/fill"):
        assert refused(await client.get(path), "unauthenticated", 401)


@pytest.mark.parametrize("scope", list(MetricScope))
async def test_what_the_catalogue_says_of_scopes_is_what_they_have(
    client: httpx.AsyncClient, funding: Funding, scope: MetricScope
) -> None:
    """Of sums by currency there is a figure where there is such a currency."""
    ids = {
        MetricScope.COHORT: funding.cohort["id"],
        MetricScope.PROGRAMME: funding.network.programme_id,
        MetricScope.COLLABORATION: funding.team.id,
    }
    path = f"/v1/{scope.value}s/{ids[scope]}/metrics"

    answer = await client.get(path, headers=funding.manager.headers)

    assert answer.status_code == 200, answer.text
    expected = [key for key in told_of(scope) if METRICS[key].facts.dimension is None]
    assert [one["key"] for one in answer.json()["metrics"]] == expected
    assert answer.json()[scope.value]["id"] == str(ids[scope])
