"""The days of a programme's targets are those of the network, which has a zone of its own."""

from datetime import datetime
from typing import Any

from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.people.identity.roles import Role
from tests.answers import refused
from tests.conftest import START
from tests.factories import programme
from tests.journeys import Network
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight
from tests.network.collaborations.conftest import Stage, stage
from tests.network.programmes.test_targets import count, get, target

__all__ = ["stage"]


@each_midnight
async def test_a_reading_is_of_a_day_that_has_come(
    stage: Stage, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    stage.database.info["zone"] = zone
    network = await programme(stage.client, stage.manager)
    by_hand = await target(stage.client, stage.manager, network)

    clock.set(midnight - INSTANT_BEFORE)
    who = await stage.people.renewed(stage.manager)
    early = await count(stage.client, who, by_hand, NEXT_DAY, 2)
    assert refused(early, "reading_in_future", 422, at="/counted_on")
    assert (await count(stage.client, who, by_hand, LAST_DAY, 1)).json()["as_of"] == LAST_DAY

    clock.set(midnight)
    assert (await count(stage.client, who, by_hand, NEXT_DAY, 2)).json()["as_of"] == NEXT_DAY
    seen = await get(stage.client, who, f"targets/{by_hand['id']}")
    listed = await get(stage.client, who, f"programmes/{network['id']}/targets")
    assert [(one["as_of"], one["counted"]) for one in (seen, *listed["items"])] == [
        (NEXT_DAY, 2),
        (NEXT_DAY, 2),
    ]


async def counted(stage: Stage, which: Any) -> dict[str, int]:
    who = await stage.people.renewed(stage.manager)
    return {
        on: (await get(stage.client, who, f"targets/{which['id']}", as_of=on))["counted"]
        for on in (LAST_DAY, NEXT_DAY)
    }


@each_midnight
async def test_what_is_launched_counts_from_its_day_on(
    stage: Stage, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    stage.database.info["zone"] = zone
    network = await programme(stage.client, stage.manager)
    of_programme = {"status": "forming", "programme_id": network["id"]}
    areas = {"counting_rule": "priority_areas_launched", "key": "areas"}
    collaborations = {"counting_rule": "collaborations_launched", "key": "collaborations"}
    by_area = await target(stage.client, stage.manager, network, **areas)
    by_launch = await target(stage.client, stage.manager, network, **collaborations)
    under = f"programmes/{network['id']}/priority-areas"
    for at, key in ((midnight - INSTANT_BEFORE, "floods"), (midnight, "drought")):
        named = {"key": key, "name": key.title(), "summary": "Nobody puts the data together."}
        area = (await stage.post(stage.manager, under, named)).json()
        why = {"reason": "It came up in each of the interviews."}
        chosen = f"priority-areas/{area['id']}"
        await stage.post(stage.manager, f"{chosen}/select", why, if_match="*")
        origin = {"origin": "priority_area", "priority_area_id": area["id"], "name": key}
        made = await stage.collaboration(**of_programme, **origin)
        clock.set(at)
        who = await stage.people.renewed(stage.manager)
        await stage.post(who, f"collaborations/{made['id']}/launch")
        launched = await stage.post(who, f"{chosen}/launch", if_match="*")
        assert launched.status_code == 200, launched.text
        clock.set(START)

    assert await counted(stage, by_launch) == {LAST_DAY: 1, NEXT_DAY: 2}
    assert await counted(stage, by_area) == {LAST_DAY: 1, NEXT_DAY: 2}


@each_midnight
async def test_who_takes_part_counts_from_their_day_on(
    network: Network, database: Database, clock: FixedClock, zone: str, midnight: datetime
) -> None:
    database.info["zone"] = zone
    cohort = await network.cohort("confirmed")
    teams = [await network.team(number) for number in (1, 2)]
    members = [await network.membership(cohort, team, "onboarding") for team in teams]
    administrator = await network.people.person("Ann Administrator", Role.ADMINISTRATOR)
    rule = {"counting_rule": "collaborations_taking_part"}
    of_programme = {"id": str(network.programme_id)}
    taking_part = await target(network.client, administrator, of_programme, **rule)
    for at, member in zip((midnight - INSTANT_BEFORE, midnight), members, strict=True):
        clock.set(at)
        await network.done(network.coordinator, f"/memberships/{member['id']}/activate")

    path = f"/targets/{taking_part['id']}?as_of="
    found = {on: await network.seen(network.manager, path + on) for on in (LAST_DAY, NEXT_DAY)}
    assert {on: one["counted"] for on, one in found.items()} == {LAST_DAY: 1, NEXT_DAY: 2}
