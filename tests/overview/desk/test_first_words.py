"""The first of two persons' words is read by its audience, and leaves no trace for anybody else."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest

from app.people.identity.roles import Role
from app.web import contract
from tests.grant_walks import WHY, Funding, milestone, terms
from tests.journeys import Json
from tests.people.identity.people import Person

BY_REQUEST = {"date", "x-request-id"}
"""Headers that differ from one request to the next whatever happens."""

Walk = Callable[[Funding], Awaitable[tuple[str, Json, Json]]]
"""Leads to a move by two: the path of the thing, the thing, and what both say."""


async def grant_to_terminate(funding: Funding) -> tuple[str, Json, Json]:
    grant = await funding.grant("active")
    return f"/grants/{grant['id']}", grant, WHY


async def milestone_to_waive(funding: Funding) -> tuple[str, Json, Json]:
    agreed = terms()
    agreed["milestones"].append(milestone("Workshop attended", 0, "2026-04-30"))
    grant = await funding.grant("active", milestones=agreed["milestones"])
    workshop = (await funding.milestones(grant))[0]
    return f"/milestones/{workshop['id']}", workshop, WHY


async def part_to_accept(funding: Funding) -> tuple[str, Json, Json]:
    report = await funding.report("submitted")
    path = f"/milestones/{report['milestone']['id']}"
    part = {"accepted_amount_minor": 500_000}
    return path, await funding.network.seen(funding.coordinator, path), WHY | part


async def member_to_remove(funding: Funding) -> tuple[str, Json, Json]:
    await funding.grant("active")
    path = f"/memberships/{funding.membership['id']}"
    return path, await funding.network.seen(funding.coordinator, path), WHY


TEAM_ONLY: dict[str, tuple[Walk, str, str]] = {
    "terminate": (grant_to_terminate, "grant.terminate_endorsed", "grant.terminated"),
    "waive": (milestone_to_waive, "milestone.waive_endorsed", "milestone.waived"),
    "accept-partially": (
        part_to_accept,
        "milestone.accept_partially_endorsed",
        "milestone.partially_accepted",
    ),
    "remove": (member_to_remove, "membership.remove_endorsed", "membership.removed"),
}
"""Each move whose first word the team alone reads: how to come to it, and its two verbs."""

WAITS = {
    "terminate": "endorse_termination",
    "waive": "endorse_waiver",
    "accept-partially": "endorse_part",
    "remove": "endorse_removal",
}
"""As what each waits for whoever may be second."""


def addresses(ids: Mapping[str, str]) -> Iterator[str]:
    """Every address of the document that is read, of the things with these ids."""
    for path, item in json.loads(contract.FILE.read_text())["paths"].items():
        if "get" in item and set(re.findall(r"{(\w+)}", path)) <= set(ids):
            asked = {one["name"] for one in item["get"].get("parameters", ()) if "name" in one}
            counted = "?include_total=true" if "include_total" in asked else ""
            yield path.removeprefix("/v1").format(**ids) + counted


async def all_that_is_read(funding: Funding, who: Person, path: str) -> dict[str, Any]:
    """Every answer that somebody gets about the thing and around it, headers included."""
    noun, thing_id = path.strip("/").split("/")
    ids = {
        "programme_id": str(funding.network.programme_id),
        "cohort_id": funding.cohort["id"],
        "membership_id": funding.membership["id"],
        "collaboration_id": str(funding.team.id),
        f"{noun.removesuffix('s')}_id": thing_id,
    }
    found: dict[str, Any] = {}
    for each in addresses(ids):
        answer = await funding.call(who, "GET", each)
        headers = {k: v for k, v in answer.headers.items() if k not in BY_REQUEST}
        said = answer.content if answer.status_code == 200 else answer.status_code
        found[each] = (headers, said)
    return found


async def verbs(funding: Funding, who: Person, path: str) -> list[tuple[str, str | None]]:
    page = await funding.network.seen(who, f"{path}/history")
    return [(row["verb"], row["reason"]) for row in page["items"]]


@pytest.mark.parametrize("move", TEAM_ONLY)
async def test_a_first_word_of_the_team_changes_nothing_that_the_grantee_reads(
    funding: Funding, move: str
) -> None:
    walk, endorsed, made = TEAM_ONLY[move]
    path, thing, body = await walk(funding)
    before = await all_that_is_read(funding, funding.lead, path)
    assert {path, f"{path}/actions", "/me/work", "/obligations"} <= {
        each.partition("?")[0] for each, (_, said) in before.items() if isinstance(said, bytes)
    }
    once = await funding.call(
        funding.coordinator, "POST", f"{path}/{move}", body, if_match=thing["version"]
    )
    assert once.status_code == 200, once.text

    after = await all_that_is_read(funding, funding.lead, path)
    assert {each for each in after if after[each] != before[each]} == set()
    shown = (await funding.network.seen(funding.manager, path))["endorsements"]
    said = {key: value for key, value in body.items() if key != "reason"}
    assert [(one["move"], one["by"]["name"], one["reason"]) for one in shown] == [
        (move.replace("-", "_"), funding.coordinator.name, WHY["reason"])
    ]
    assert shown[0]["detail"].items() >= said.items()
    work = await funding.network.seen(funding.manager, "/me/work?limit=200")
    assert WAITS[move] in {item["kind"] for item in work["items"]}
    assert WAITS[move] not in {
        item["kind"]
        for item in (await funding.network.seen(funding.coordinator, "/me/work?limit=200"))["items"]
    }
    assert (await verbs(funding, funding.coordinator, path))[-1] == (endorsed, WHY["reason"])
    feed = await funding.network.seen(funding.coordinator, "/activity?limit=200")
    assert [row["verb"] for row in feed["items"]][-1] == endorsed

    await funding.done(funding.manager, "POST", f"{path}/{move}", body, if_match=thing["version"])
    assert (made, WHY["reason"]) in await verbs(funding, funding.manager, path)
    lead = await verbs(funding, funding.lead, path)
    assert (made, WHY["reason"]) in lead
    assert endorsed not in {verb for verb, _ in lead}


async def test_both_sides_read_of_a_signature(funding: Funding) -> None:
    """And so does whoever pays."""
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}"
    pays = await funding.network.people.person(
        "Flora Funder", (Role.FUNDER, funding.network.programme_id)
    )
    await funding.make(funding.manager, grant, "activate")

    for who in (funding.lead, funding.member, funding.coordinator, pays):
        assert (await verbs(funding, who, path))[-1] == ("grant.activate_endorsed", None)


async def test_what_is_checked_of_a_grantee_is_the_teams(funding: Funding) -> None:
    grant = await funding.grant("offered")
    path = f"/grants/{grant['id']}"

    found = {
        name: [verb for verb, _ in await verbs(funding, who, path)]
        for name, who in (("team", funding.coordinator), ("lead", funding.lead))
    }

    assert found == {
        "team": ["grant.created", "grant.checked", "grant.offered"],
        "lead": ["grant.created", "grant.offered"],
    }
