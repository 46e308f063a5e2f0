"""Walks that many tests begin with, each step by the verb of whoever makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from app.people.identity.roles import Role
from tests.factories import collaboration, programme
from tests.people.identity.people import People, Person
from tests.worlds import remembered

Json = dict[str, Any]

TO_COHORT_STATUS = {
    "draft": (),
    "recruiting": ("recruit",),
    "selecting": ("recruit", "select"),
    "confirmed": ("recruit", "select", "confirm"),
    "running": ("recruit", "select", "confirm", "start"),
    "wrapping_up": ("recruit", "select", "confirm", "start", "wrap-up"),
    "closed": ("recruit", "select", "confirm", "start", "wrap-up", "close"),
    "cancelled": ("cancel",),
}


@dataclass(frozen=True)
class Team:
    """A collaboration with its people."""

    id: UUID
    ref: Json
    lead: Person
    member: Person


@dataclass(frozen=True)
class Network:
    """A programme, who runs it, and what they do."""

    client: httpx.AsyncClient = field(repr=False)
    people: People = field(repr=False)
    programme_id: UUID
    manager: Person
    coordinator: Person
    tokens: dict[tuple[UUID, datetime], Mapping[str, str]] = field(default_factory=dict, repr=False)

    @classmethod
    @remembered
    async def begin(cls, client: httpx.AsyncClient, people: People) -> "Network":
        """A programme with a manager and a coordinator."""
        administrator = await people.person("Adam Administrator", Role.ADMINISTRATOR)
        made = await programme(client, administrator, name="Peer learning network")
        programme_id = UUID(made["id"])
        manager = await people.person("Mary Manager", (Role.PROGRAMME_MANAGER, programme_id))
        coordinator = await people.person("Cora Dinator", (Role.COORDINATOR, programme_id))
        return cls(client, people, programme_id, manager, coordinator)

    async def headers(self, who: Person) -> Mapping[str, str]:
        """A token that is valid by now: the clock may have moved past the first."""
        key = (who.account_id, self.people.clock.now())
        if who.issued_at == key[1]:
            return who.headers
        if key not in self.tokens:
            self.tokens[key] = (await self.people.renewed(who)).headers
        return self.tokens[key]

    async def done(self, who: Person, path: str, body: Json | None = None) -> Json:
        """What `who` gets by POST, which must succeed."""
        response = await self.client.post(f"/v1{path}", json=body, headers=await self.headers(who))
        assert response.is_success, response.text
        return response.json()

    async def seen(self, who: Person, path: str) -> Json:
        """What `who` gets by GET, which must succeed."""
        response = await self.client.get(f"/v1{path}", headers=await self.headers(who))
        assert response.is_success, response.text
        return response.json()

    @remembered
    async def cohort(self, status: str = "draft", **fields: Any) -> Json:
        """A cohort walked to `status`, with one member of its own where it must have one."""
        body = {
            "reference": "PLN-C1",
            "name": "Cohort 1",
            "focus": "Trust between those who share data and those who use it.",
            "timezone": "Europe/London",
            "announced_capacity": 5,
            "planned_start_on": "2026-04-01",
            "planned_end_on": "2026-09-30",
        }
        cohort = await self.done(
            self.coordinator, f"/programmes/{self.programme_id}/cohorts", body | fields
        )
        return await self.walk_cohort(cohort, status)

    @remembered
    async def walk_cohort(self, cohort: Json, status: str) -> Json:
        """Take a cohort along its life from where it is."""
        steps = list(TO_COHORT_STATUS[status])
        if cohort["status"] in TO_COHORT_STATUS and status != "cancelled":
            steps = steps[len(TO_COHORT_STATUS[cohort["status"]]) :]
        for step in steps:
            if step == "confirm":
                await self._have_a_member(cohort)
            if step == "close":
                await self.end_memberships(cohort)
            reason = {"reason": "The funding was withdrawn."} if step == "cancel" else None
            cohort = await self.done(self.manager, f"/cohorts/{cohort['id']}/{step}", reason)
        return cohort

    async def _have_a_member(self, cohort: Json) -> None:
        fresh = await self.seen(self.manager, f"/cohorts/{cohort['id']}")
        if not fresh["selected_count"]:
            await self.membership(cohort, await self.team(90), "accepted")

    @remembered
    async def team(self, number: int = 1) -> Team:
        """A collaboration with a lead and a member."""
        made = await collaboration(
            self.client,
            await self.people.renewed(self.coordinator),
            f"Collaboration {number}",
            reference=f"DC-9{number:03}",
        )
        node = UUID(made["id"])
        lead = await self.people.person(f"Lead {number}", (Role.COLLABORATION_LEAD, node))
        member = await self.people.person(f"Member {number}", (Role.COLLABORATION_MEMBER, node))
        ref = {key: made[key] for key in ("id", "reference", "name")}
        return Team(node, ref, lead, member)

    @remembered
    async def membership(
        self, cohort: Json, team: Team, status: str = "offered", **fields: Any
    ) -> Json:
        """A membership of the team, walked to `status`; the cohort must allow each step."""
        body = {"collaboration_id": str(team.id)} | fields
        membership = await self.done(self.coordinator, f"/cohorts/{cohort['id']}/memberships", body)
        return await self.walk_membership(membership, team, status)

    @remembered
    async def walk_membership(self, membership: Json, team: Team, status: str) -> Json:
        """Take a membership that is offered along its life."""
        path = f"/memberships/{membership['id']}"
        leaving = {"departure": "capacity", "reason": "Too few hands."}
        pause = {"reason": "Parental leave.", "returns_on": "2026-12-01"}
        removal = {"reason": "No sign of life."}
        begin = [(team.lead, "accept", None), (self.coordinator, "onboard", None)]
        active = [*begin, (self.coordinator, "activate", None)]
        steps: dict[str, list[tuple[Person, str, Json | None]]] = {
            "waitlisted": [],
            "offered": [],
            "accepted": begin[:1],
            "onboarding": begin,
            "active": active,
            "paused": [*active, (self.coordinator, "pause", pause)],
            "completed": [*active, (self.coordinator, "complete", None)],
            "withdrawn": [(team.lead, "withdraw", leaving)],
            "declined": [(team.lead, "decline", None)],
            "removed": [
                *begin[:1],
                (self.coordinator, "remove", removal),
                (self.manager, "remove", removal),
            ],
        }
        for who, step, body in steps[status]:
            membership = await self.done(who, f"{path}/{step}", body)
        assert membership["status"] == status
        return membership

    async def end_memberships(self, cohort: Json) -> None:
        """Withdraw every member who has not come to an end."""
        page = await self.seen(self.manager, f"/cohorts/{cohort['id']}/memberships?limit=200")
        leaving = {"departure": "other", "reason": "The cohort is at its end."}
        for membership in page["items"]:
            if any(action["name"] == "withdraw" for action in membership["available_actions"]):
                await self.done(
                    self.coordinator, f"/memberships/{membership['id']}/withdraw", leaving
                )
