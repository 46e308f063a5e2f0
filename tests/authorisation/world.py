"""A network with two programmes, in which every role stands next to what it may not touch."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from app.people.identity.roles import Role
from tests.authorisation.furnishing import Examples, of_cohort, of_member, of_programme
from tests.factories import programme
from tests.grant_walks import Funding
from tests.journeys import Network, Team
from tests.people.identity.people import People, Person
from tests.worlds import remembered_at_once

ROOT = Path(__file__).parents[2]
RELATIONS = ("own", "sibling", "other_cohort", "other_programme", "in_both")
"""How a thing lies to the actors: theirs; of another member of their cohort; of another cohort of
their programme; of another programme; of another cohort of their programme, where it is of a member
that is in theirs too."""

ROLES = tuple(role for role in Role if role is not Role.SCHEDULER)
ACTORS = (*(role.value for role in ROLES), "stranger", "anonymous")

_ON_THE_PROGRAMME = {
    Role.PROGRAMME_MANAGER,
    Role.FINANCE_APPROVER,
    Role.PAYMENT_RELEASER,
    Role.FUNDER,
    Role.AUDITOR,
}
_ON_THE_COLLABORATION = {Role.COLLABORATION_LEAD, Role.COLLABORATION_MEMBER}


@dataclass(frozen=True)
class World:
    """The actors, and the ids that stand in a path for each relation."""

    client: httpx.AsyncClient = field(repr=False)
    actors: dict[str, Person | None]
    ids: dict[str, dict[str, str]]
    spare_collaboration_id: str
    """A collaboration that is a member of no cohort."""

    @classmethod
    @remembered_at_once
    async def build(cls, client: httpx.AsyncClient, people: People) -> "World":
        """Two programmes, three cohorts, five members, each with a grant and a report; one of the
        members is in two cohorts."""
        first = await Network.begin(client, people)
        home = await first.cohort("recruiting", reference="HOME")
        away = await first.cohort("recruiting", reference="AWAY")
        administrator = await people.person("Ann Administrator", Role.ADMINISTRATOR)
        second = await _another_programme(client, people, administrator)
        abroad = await second.cohort("recruiting", reference="ABROAD")
        ids: dict[str, dict[str, str]] = {}
        teams: dict[str, Team] = {}
        fundings: dict[str, Funding] = {}
        for number, (relation, network, cohort) in enumerate(
            zip(
                RELATIONS,
                (first, first, first, second, first),
                (home, home, away, abroad, away),
                strict=True,
            )
        ):
            teams[relation] = await network.team(10 + number)
            if relation == "in_both":
                await network.membership(home, teams[relation], "accepted")
            ids[relation], fundings[relation] = await _things(network, cohort, teams[relation])
        actors: dict[str, Person | None] = {
            role: await people.person(
                f"The {role}", (role, _scope_of(role, first, home, teams["own"]))
            )
            for role in ROLES
            if role is not Role.ADMINISTRATOR
        }
        actors[Role.ADMINISTRATOR] = administrator
        actors |= {"stranger": await people.person("Stranger Danger"), "anonymous": None}
        spare = await first.team(20)
        await _furnish(administrator, fundings, ids)
        return cls(client, actors, ids, str(spare.id))


async def _furnish(
    administrator: Person, fundings: dict[str, Funding], ids: dict[str, dict[str, str]]
) -> None:
    """Add to each relation's ids those of one thing of every other noun."""
    document = json.loads((ROOT / "openapi" / "openapi.json").read_text())
    examples, shared = Examples(document), dict[str, dict[str, str]]()
    for relation, funding in fundings.items():
        own, network, cohort = ids[relation], funding.network, funding.cohort
        if own["programme_id"] not in shared:
            shared[own["programme_id"]] = await of_programme(network, administrator, examples)
        if own["cohort_id"] not in shared:
            shared[own["cohort_id"]] = await of_cohort(network, cohort, examples)
        own |= shared[own["programme_id"]] | shared[own["cohort_id"]]
        own |= await of_member(funding, administrator, own, examples)


def _scope_of(role: Role, network: Network, cohort: dict[str, Any], team: Team) -> UUID:
    if role in _ON_THE_PROGRAMME:
        return network.programme_id
    return team.id if role in _ON_THE_COLLABORATION else UUID(cohort["id"])


async def _another_programme(
    client: httpx.AsyncClient, people: People, administrator: Person
) -> Network:
    made = await programme(client, administrator, name="Another programme", reference="OTHER")
    node = UUID(made["id"])
    manager = await people.person("Other Manager", (Role.PROGRAMME_MANAGER, node))
    coordinator = await people.person("Other Coordinator", (Role.COORDINATOR, node))
    return Network(client, people, node, manager, coordinator)


async def _things(
    network: Network, cohort: dict[str, Any], team: Team
) -> tuple[dict[str, str], Funding]:
    """One thing of each noun, by the name that its id has in a path."""
    membership = await network.membership(cohort, team, "accepted")
    funding = Funding(network, team, cohort, membership)
    grant = await funding.grant("active")
    milestone = (await funding.milestones(grant))[0]
    report = await funding.report("draft", milestone)
    path = f"/collaborations/{team.id}/participants"
    organisation = await network.done(
        network.coordinator, "/organisations", {"name": f"Of {team.id}", "kind": "company"}
    )
    body = {"organisation_id": organisation["id"], "role": "steward"}
    participant = await network.done(network.coordinator, path, body)
    ids = {
        "programme_id": str(network.programme_id),
        "cohort_id": cohort["id"],
        "membership_id": membership["id"],
        "collaboration_id": str(team.id),
        "participant_id": participant["id"],
        "organisation_id": organisation["id"],
        "grant_id": grant["id"],
        "milestone_id": milestone["id"],
        "report_id": report["id"],
        "criterion_id": report["answers"][0]["criterion_id"],
        "evidence_id": report["evidence"][0]["id"],
    }
    return ids, funding
