"""The days of a collaboration are those of where it is a member, else those of the network."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.kernel.clock import FixedClock
from app.people.identity.roles import Role
from tests.answers import refused
from tests.journeys import Network, Team
from tests.midnights import INSTANT_BEFORE, LAST_DAY, NEXT_DAY, each_midnight
from tests.network.collaborations.conftest import Stage
from tests.people.identity.people import Person

SHARED = {"title": "Notes", "url": "https://example.org/notes", "licence": "CC-BY-4.0"}
RISK = {"area": "law", "question": "May the data leave the country?", "level": "amber"}

each_place = pytest.mark.parametrize("is_member", [True, False], ids=["member", "in no cohort"])


async def join(network: Network, stage: Stage, made: Any, zone: str) -> None:
    """The collaboration accepts a place, and reads the clock in that zone."""
    lead = await stage.person("Another lead", Role.COLLABORATION_LEAD, made)
    team = Team(UUID(made["id"]), made, lead, lead)
    cohort = await network.cohort("recruiting", reference=made["reference"])
    await network.membership(cohort, team, "accepted", timezone=zone)


async def placed(
    network: Network, stage: Stage, zone: str, *, is_member: bool, status: str = "idea"
) -> Any:
    """A collaboration that has its days in that zone, as a member or as the network has."""
    made = await stage.collaboration(status)
    if is_member:
        await join(network, stage, made, zone)
    else:
        stage.database.info["zone"] = zone
    return made


async def manager_of(stage: Stage) -> Person:
    return await stage.people.renewed(stage.manager)


async def written(stage: Stage, made: Any, name: str) -> set[str]:
    """The days of what is dated by itself."""
    who, path = await manager_of(stage), f"collaborations/{made['id']}"
    learning = (await stage.post(who, f"{path}/learnings", SHARED)).json()
    risk = (await stage.post(who, f"{path}/risks", RISK)).json()
    why = {"reason": "A lawyer was asked."}
    closed = (await stage.post(who, f"risks/{risk['id']}/close", why, if_match="*")).json()
    partner = (await stage.post(who, "organisations", {"name": name, "kind": "company"})).json()
    part = {"organisation_id": partner["id"], "role": "user"}
    since = (await stage.post(who, f"{path}/participants", part)).json()
    ended = (await stage.post(who, f"participants/{since['id']}/end", {})).json()
    data_set = {"name": name, "access": "closed"}
    named = (await stage.post(who, f"{path}/data-sets", data_set)).json()
    opened = {"access": "shared", "reason": "All partners agreed."}
    await stage.post(who, f"data-sets/{named['id']}/change-access", opened, if_match="*")
    changes = (await stage.get(who, f"data-sets/{named['id']}/access-changes")).json()["items"]
    assert len(changes) == 2
    return {
        learning["shared_on"],
        risk["raised_on"],
        closed["closed_on"],
        since["since_on"],
        ended["ended_on"],
        *(change["since_on"] for change in changes),
    }


@each_place
@each_midnight
async def test_what_is_dated_by_itself(
    network: Network,
    stage: Stage,
    clock: FixedClock,
    zone: str,
    midnight: datetime,
    is_member: bool,
) -> None:
    made = await placed(network, stage, zone, is_member=is_member)

    clock.set(midnight - INSTANT_BEFORE)
    assert await written(stage, made, "Before") == {LAST_DAY}
    clock.set(midnight)
    assert await written(stage, made, "After") == {NEXT_DAY}


@each_place
@each_midnight
async def test_an_agreement_binds_to_the_end_of_its_last_day(
    network: Network,
    stage: Stage,
    clock: FixedClock,
    zone: str,
    midnight: datetime,
    is_member: bool,
) -> None:
    made = await placed(network, stage, zone, is_member=is_member, status="forming")
    page = await stage.get(stage.manager, f"collaborations/{made['id']}/agreements")
    [agreement] = page.json()["items"]
    path = f"agreements/{agreement['id']}"
    ending = {"ended_on": LAST_DAY, "reason": "The project is over."}
    ended = await stage.post(stage.manager, f"{path}/end", ending, if_match="*")
    assert ended.status_code == 200

    async def binds() -> tuple[bool, bool, list[str]]:
        """As it is told, as it is listed, and what stands in the way of the launch."""
        who = await manager_of(stage)
        listed = await stage.get(who, f"collaborations/{made['id']}/agreements")
        explained = await stage.get(who, f"collaborations/{made['id']}/actions")
        [launch] = [one for one in explained.json()["actions"] if one["name"] == "launch"]
        return (
            (await stage.get(who, path)).json()["is_in_force"],
            listed.json()["items"][0]["is_in_force"],
            [unmet["code"] for unmet in launch["unmet"]],
        )

    clock.set(midnight - INSTANT_BEFORE)
    assert await binds() == (True, True, [])
    clock.set(midnight)
    assert await binds() == (False, False, ["agreement_missing"])
    late = await stage.post(await manager_of(stage), f"{path}/end", ending, if_match="*")
    assert refused(late, "agreement_not_binding", 409)


async def test_agreements_on_both_sides_of_midnight_in_one_list(
    network: Network, stage: Stage, clock: FixedClock
) -> None:
    """One page, one instant, two days."""
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        made = await stage.collaboration(name=zone)
        await join(network, stage, made, zone)
        party = await stage.take_part(made, "user")
        await stage.agree(made, [party], title=zone, ends_on=LAST_DAY)

    clock.set(datetime(2026, 8, 31, 12, tzinfo=UTC))
    page = await stage.get(await manager_of(stage), "agreements")

    found = {one["title"]: one["is_in_force"] for one in page.json()["items"]}
    assert found == {"Pacific/Auckland": False, "America/Los_Angeles": True}


async def test_a_risk_is_not_closed_before_it_was_raised(
    network: Network, stage: Stage, clock: FixedClock
) -> None:
    """It was raised in Auckland, on a day that had not come where the network is."""
    stage.database.info["zone"] = "Pacific/Auckland"
    made = await stage.collaboration()
    clock.set(datetime(2026, 8, 31, 12, tzinfo=UTC))
    who = await manager_of(stage)
    risk = (await stage.post(who, f"collaborations/{made['id']}/risks", RISK)).json()
    await join(network, stage, made, "America/Los_Angeles")

    why = {"reason": "A lawyer was asked."}
    closed = await stage.post(who, f"risks/{risk['id']}/close", why, if_match="*")

    assert (closed.status_code, closed.json()["closed_on"]) == (200, NEXT_DAY)


async def test_where_organisations_merge_the_part_ends_where_it_is(
    network: Network, stage: Stage, clock: FixedClock
) -> None:
    """The same organisation, entered twice, takes part on both sides of midnight."""
    administrator = await stage.people.person("Ann Administrator", Role.ADMINISTRATOR)
    twice = [
        (await stage.post(stage.manager, "organisations", {"name": name, "kind": "company"})).json()
        for name in ("Rivers", "Rivers Ltd")
    ]
    for zone in ("Pacific/Auckland", "America/Los_Angeles"):
        made = await stage.collaboration(name=zone)
        await join(network, stage, made, zone)
        for one in twice:
            part = {"organisation_id": one["id"], "role": "user", "since_on": "2026-03-02"}
            await stage.post(stage.manager, f"collaborations/{made['id']}/participants", part)

    clock.set(datetime(2026, 8, 31, 12, tzinfo=UTC))
    merging = {"duplicate_id": twice[1]["id"], "reason": "The same company."}
    path = f"organisations/{twice[0]['id']}/merge"
    who = await stage.people.renewed(administrator)
    merged = await stage.post(who, path, merging, if_match="*")
    assert merged.status_code == 200, merged.text
    page = await stage.get(who, "participants", organisation_id=twice[0]["id"])

    ends = {
        one["collaboration"]["name"]: one["ended_on"]
        for one in page.json()["items"]
        if one["ended_on"]
    }
    assert ends == {"Pacific/Auckland": NEXT_DAY, "America/Los_Angeles": LAST_DAY}
