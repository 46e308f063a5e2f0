"""In which status of its cohort a membership moves, named where it does not."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

import pytest

from tests.answers import refused
from tests.journeys import Json, Network
from tests.people.identity.people import Person

WHY = {"reason": "There was a mistake."}
TAKES_MEMBERS = "recruiting or selecting or confirmed or running"


class Blocked(NamedTuple):
    who: Person
    path: str
    body: Json | None
    is_: str
    has_to_be: str


async def waitlisted_in_the_last_weeks(network: Network) -> Blocked:
    cohort = await network.cohort("wrapping_up", announced_capacity=1)
    body = {"collaboration_id": str((await network.team()).id)}
    path = f"/cohorts/{cohort['id']}/memberships"
    return Blocked(network.coordinator, path, body, "wrapping_up", TAKES_MEMBERS)


async def accepted_in_the_last_weeks(network: Network) -> Blocked:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team)
    await network.walk_cohort(cohort, "wrapping_up")
    path = f"/memberships/{membership['id']}/accept"
    return Blocked(team.lead, path, None, "wrapping_up", TAKES_MEMBERS)


async def active_before_it_is_certain(network: Network) -> Blocked:
    cohort, team = await network.cohort("recruiting"), await network.team()
    membership = await network.membership(cohort, team, "onboarding")
    path = f"/memberships/{membership['id']}/activate"
    return Blocked(network.coordinator, path, None, "recruiting", "confirmed or running")


async def complete_before_it_has_run(network: Network) -> Blocked:
    cohort, team = await network.cohort("confirmed"), await network.team()
    membership = await network.membership(cohort, team, "active")
    path = f"/memberships/{membership['id']}/complete"
    return Blocked(network.coordinator, path, None, "confirmed", "running or wrapping up")


async def back_after_its_end(network: Network) -> Blocked:
    cohort, team = await network.cohort("running"), await network.team()
    membership = await network.membership(cohort, team, "completed")
    await network.walk_cohort(cohort, "closed")
    path = f"/memberships/{membership['id']}/reinstate"
    return Blocked(network.manager, path, WHY, "closed", "confirmed or running or wrapping up")


CASES: tuple[Callable[[Network], Awaitable[Blocked]], ...] = (
    waitlisted_in_the_last_weeks,
    accepted_in_the_last_weeks,
    active_before_it_is_certain,
    complete_before_it_has_run,
    back_after_its_end,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
async def test_the_status_of_the_cohort_stands_in_the_way(
    network: Network, case: Callable[[Network], Awaitable[Blocked]]
) -> None:
    who, path, body, is_, has_to_be = await case(network)
    answer = await network.client.post(f"/v1{path}", json=body, headers=await network.headers(who))
    detail = f"The cohort is {is_}; it has to be {has_to_be}."
    unmet = {"code": "cohort_status", "detail": detail}
    assert refused(answer, "guards_unmet", 409, unmet=[unmet])
