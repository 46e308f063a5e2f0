"""What is done with indicators and results at once is done one after the other: of two results of
the same days one counts, and nothing is of a ruler that it was not made by."""

import asyncio
from collections import Counter

import httpx
import pytest

from tests.journeys import Network
from tests.network.indicators.outcomes import REACHED, Outcomes
from tests.people.identity.people import People


@pytest.fixture
async def outcomes(settled_client: httpx.AsyncClient, settled_people: People) -> Outcomes:
    return await Outcomes.begin(await Network.begin(settled_client, settled_people))


async def test_one_of_two_acceptances_counts(outcomes: Outcomes) -> None:
    reached = await outcomes.indicator(REACHED)
    network = outcomes.network
    two = [await outcomes.result(reached, status="submitted", value=value) for value in (10, 20)]
    answers = await asyncio.gather(
        *(
            outcomes.send(who, "POST", f"/indicator-results/{one['id']}/accept", None, 2)
            for one in two
            for who in (network.coordinator, network.manager)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 2, 412: 1}
    [(value, _, waiting)] = (await outcomes.figures()).values()
    assert (value in (10, 20), waiting) == (True, 1)


async def test_one_of_two_corrections_counts(outcomes: Outcomes) -> None:
    reached = await outcomes.indicator(REACHED)
    first = await outcomes.result(reached, value=500)
    two = [
        await outcomes.result(reached, status="submitted", value=value, corrects_id=first["id"])
        for value in (50, 60)
    ]
    answers = await asyncio.gather(
        *(
            outcomes.send(
                outcomes.network.coordinator,
                "POST",
                f"/indicator-results/{one['id']}/accept",
                None,
                2,
            )
            for one in two
        )
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}
    [(value, _, waiting)] = (await outcomes.figures()).values()
    assert (value in (50, 60), waiting) == (True, 1)


async def test_a_definition_is_changed_or_reported_one_after_the_other(outcomes: Outcomes) -> None:
    """Whichever comes first: no result is of a ruler that it was not reported by."""
    made = await outcomes.indicator(REACHED, counts_people=False)
    path = f"/memberships/{outcomes.members[0]['id']}/indicator-results"
    body = {
        "indicator_id": made["id"],
        "value": 3,
        "evidence": "Counted at the door.",
        "period_start_on": "2025-10-01",
        "period_end_on": "2025-12-31",
    }
    where = f"/indicators/{made['id']}"
    change = {"aggregation": "share"}
    manager, lead = outcomes.network.manager, outcomes.teams[0].lead
    edited, reported = await asyncio.gather(
        outcomes.send(manager, "PATCH", where, change, made["version"]),
        outcomes.send(lead, "POST", path, body),
    )
    assert (edited.status_code, reported.status_code) in ((200, 422), (409, 201))


async def test_a_definition_is_changed_or_targeted_one_after_the_other(outcomes: Outcomes) -> None:
    """Whichever comes first: no target is of a figure that is not told."""
    made = await outcomes.indicator(REACHED)
    manager = outcomes.network.manager
    path = f"/programmes/{outcomes.network.programme_id}/metric-targets"
    target = {"metric": "indicator_sum", "dimension": made["key"], "value": 9}
    where, change = f"/indicators/{made['id']}", {"aggregation": "share"}
    edited, targeted = await asyncio.gather(
        outcomes.send(manager, "PATCH", where, change, made["version"]),
        outcomes.send(manager, "POST", path, {**target, "due_on": "2026-12-31"}),
    )
    assert (edited.status_code, targeted.status_code) in ((200, 422), (409, 201))
