from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from app.kernel.db import Database
from app.people.identity.roles import Role
from app.people.identity.scopes import ScopeKind, link
from tests.factories import collaboration, organisation
from tests.people.identity.people import People, Person
from tests.worlds import remembered

STEPS = {
    "idea": (),
    "scoping": ("scope",),
    "forming": ("scope", "form"),
    "launched": ("scope", "form", "launch"),
    "operating": ("scope", "form", "launch", "operate"),
    "concluded": ("scope", "form", "launch", "operate", "conclude"),
    "on_hold": ("scope", "hold"),
    "abandoned": ("abandon",),
}

BODIES = {
    "hold": {"reason": "The contract is being let anew.", "review_on": "2026-06-01"},
    "abandon": {"reason": "Nobody may share the data."},
}


@dataclass(frozen=True)
class Stage:
    """A network with a manager, and a cohort with a coordinator."""

    client: AsyncClient = field(repr=False)
    people: People = field(repr=False)
    database: Database = field(repr=False)
    cohort: UUID
    manager: Person
    coordinator: Person

    async def post(self, who: Person, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a POST, with `If-Match` when said as `if_match`."""
        sent = {**who.headers, **{name.replace("_", "-"): said for name, said in headers.items()}}
        return await self.client.post(f"/v1/{path}", headers=sent, json=body)

    async def get(self, who: Person, path: str, **query: str) -> Any:
        return await self.client.get(f"/v1/{path}", headers=who.headers, params=query)

    @classmethod
    @remembered
    async def begin(cls, client: AsyncClient, people: People, database: Database) -> "Stage":
        cohort = await people.scope(ScopeKind.COHORT)
        manager = await people.person("Katherine Johnson", Role.PROGRAMME_MANAGER)
        coordinator = await people.person("Grace Hopper", (Role.COORDINATOR, cohort))
        return cls(client, people, database, cohort, manager, coordinator)

    @remembered
    async def collaboration(self, status: str = "idea", **more: Any) -> Any:
        """A collaboration in which every guard is met, walked to that status by the manager."""
        more.setdefault("challenge", "Nobody knows where the parcels go.")
        made = await collaboration(self.client, self.manager, **more)
        await self.person("Lead", Role.COLLABORATION_LEAD, made)
        steward = await self.take_part(made, "steward", "company")
        await self.take_part(made, "contributor", "public_body")
        data_set = await self.share(made)
        steps = STEPS[status]
        if "form" in steps:
            await self.agree(made, [steward], [data_set])
        if "launch" in steps:
            await self.provide_for(data_set)
        if "operate" in steps:
            await self.learn(made)
        for step in STEPS[status]:
            answer = await self.post(
                self.manager, f"collaborations/{made['id']}/{step}", BODIES.get(step)
            )
            assert answer.status_code == 200, answer.text
            made = answer.json()
        return made

    async def person(self, name: str, role: Role, made: Any) -> Person:
        """Somebody with a role on that collaboration."""
        return await self.people.person(f"{name} of {made['reference']}", (role, UUID(made["id"])))

    async def take_part(self, made: Any, role: str, kind: str = "company") -> Any:
        """An organisation of its own that takes part in that role."""
        name = f"{role} {kind} {made['reference']}"
        partner = await organisation(self.client, self.manager, name, kind=kind)
        body = {"organisation_id": partner["id"], "role": role}
        path = f"collaborations/{made['id']}/participants"
        answer = await self.post(self.manager, path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def share(self, made: Any, name: str = "Positions", **more: Any) -> Any:
        """A data set of that collaboration, closed unless said."""
        body = {"name": name, "access": "closed", **more}
        answer = await self.post(self.manager, f"collaborations/{made['id']}/data-sets", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def agree(
        self, made: Any, parties: Sequence[Any], data_sets: Sequence[Any] = (), **more: Any
    ) -> Any:
        """An agreement of these participants on these data sets, signed today unless said."""
        body = {
            "kind": "data_sharing",
            "title": "Sharing of positions",
            "party_ids": [one["organisation"]["id"] for one in parties],
            "data_set_ids": [one["id"] for one in data_sets],
            "signed_on": "2026-03-02",
            **more,
        }
        answer = await self.post(self.manager, f"collaborations/{made['id']}/agreements", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def provide_for(self, data_set: Any) -> Any:
        """The data set is used, and it is known what becomes of it."""
        answer = await self.client.patch(
            f"/v1/data-sets/{data_set['id']}",
            headers={**self.manager.headers, "If-Match": "*"},
            json={"first_used_on": "2026-03-01", "disposition": "kept"},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def learn(self, made: Any, **more: Any) -> Any:
        """Something that the collaboration shares of what it learnt."""
        body = {
            "title": "Scoping with couriers",
            "url": "https://example.org/scoping",
            "licence": "CC-BY-4.0",
            **more,
        }
        answer = await self.post(self.manager, f"collaborations/{made['id']}/learnings", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def admit(self, made: Any, cohort: UUID | None = None) -> None:
        """Let the cohort reach the collaboration's dossier, as a live membership does."""
        membership = await self.people.scope(
            ScopeKind.MEMBERSHIP, cohort or self.cohort, UUID(made["id"])
        )
        dossier_id = await self.dossier_of(made)
        async with self.database.transaction() as db:
            await link(db, membership, dossier_id)

    async def dossier_of(self, made: Any) -> UUID:
        from app.network.collaborations.models import Collaboration

        async with self.database.transaction() as db:
            found = await db.get_one(Collaboration, UUID(made["id"]))
            return found.dossier_id


@pytest.fixture
async def stage(client: AsyncClient, people: People, database: Database) -> Stage:
    return await Stage.begin(client, people, database)
