"""Collaborations that take part in a programme's cohorts, counted towards a target."""

from datetime import timedelta
from typing import Any

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.factories import programme
from tests.journeys import Network

CEILING = {
    "key": "network_size",
    "name": "Up to ten",
    "comparator": "at_most",
    "value": 1,
    "counting_rule": "collaborations_taking_part",
    "due_on": "2026-12-31",
}


async def test_members_count_from_their_activation_until_they_leave(
    network: Network, clock: FixedClock
) -> None:
    target = await network.done(
        network.manager, f"/programmes/{network.programme_id}/targets", CEILING
    )
    administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    other = await programme(network.client, administrator, "OTHER", name="Another programme")
    elsewhere = await network.done(administrator, f"/programmes/{other['id']}/targets", CEILING)
    one, two, three = [await network.team(number) for number in (1, 2, 3)]
    cohort, second = [await network.cohort("recruiting", reference=f"PLN-C{n}") for n in (1, 2)]
    members = {
        (team.id, which["id"]): await network.membership(which, team, "onboarding")
        for which, teams in ((cohort, (one, two, three)), (second, (two,)))
        for team in teams
    }
    for which in (cohort, second):
        await network.walk_cohort(which, "confirmed")
    for key in ((one.id, cohort["id"]), (two.id, cohort["id"]), (two.id, second["id"])):
        await network.done(network.coordinator, f"/memberships/{members[key]['id']}/activate")
    on_leave, left = (members[team.id, cohort["id"]]["id"] for team in (two, one))
    pause = {"reason": "Parental leave.", "returns_on": "2026-12-01"}
    await network.done(network.coordinator, f"/memberships/{on_leave}/pause", pause)
    clock.advance(timedelta(days=2))
    leaving = {"departure": "capacity", "reason": "Too few hands."}
    await network.done(one.lead, f"/memberships/{left}/withdraw", leaving)

    async def stands(which: Any = target, **query: str) -> tuple[int, str]:
        said = "&".join(f"{name}={value}" for name, value in query.items())
        seen = await network.seen(network.manager, f"/targets/{which['id']}?{said}")
        return seen["counted"], seen["standing"]

    assert await stands(as_of="2026-03-01") == (0, "within")
    assert await stands(as_of="2026-03-02") == (2, "exceeded")
    assert await stands(as_of="2026-03-03") == (2, "exceeded")
    assert await stands() == (1, "within")
    assert await stands(elsewhere) == (0, "within")
