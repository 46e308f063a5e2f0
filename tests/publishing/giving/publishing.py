"""Walks to published grants, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.factories import organisation
from tests.funding.funds.ledgers import Ledgers
from tests.grant_walks import WHY, as_read
from tests.journeys import Json
from tests.worlds import remembered

WORDS = {
    "title": "Opening river data",
    "summary": "Gauges along three rivers are read, and what they say is published.",
}
STEPS = ("proposed", "consented", "published", "withdrawn")


@dataclass(frozen=True)
class Publishing:
    """A fund whose grants can be told everybody."""

    ledgers: Ledgers

    @property
    def path(self) -> str:
        return f"/v1/funds/{self.ledgers.fund['id']}/giving-package"

    @remembered
    async def awarded(self, status: str = "active", amount_minor: int = 5_000_000) -> Json:
        """A grant that the fund pays, walked to `status`, whose recipient has a number."""
        await self.ledgers.received(amount_minor)
        grant = await self.ledgers.grant(status)
        await self.steward(grant)
        return grant

    async def steward(self, grant: Json) -> Json:
        """Who receives the grant: the steward of its collaboration."""
        network = self.ledgers.funding.network
        numbers = [{"list_code": "GB-CHC", "number": "1164883"}]
        made = await organisation(
            network.client, network.coordinator, "River Watch", identifiers=numbers, country="GB"
        )
        path = f"/collaborations/{grant['collaboration']['id']}/participants"
        body = {"organisation_id": made["id"], "role": "steward"}
        return await network.done(network.coordinator, path, body)

    @remembered
    async def publication(self, status: str, grant: Json, **words: Any) -> Json:
        """What of a grant is published, walked to `status`."""
        funding = self.ledgers.funding
        path = f"/grants/{grant['id']}/publications"
        made = await funding.done(funding.coordinator, "POST", path, WORDS | words)
        for step in STEPS[1 : STEPS.index(status) + 1]:
            made = await self.step(made, step)
        return made

    async def step(self, publication: Json, to: str) -> Json:
        funding = self.ledgers.funding
        who = funding.lead if to == "consented" else funding.coordinator
        move = {"consented": "consent", "published": "publish", "withdrawn": "withdraw"}[to]
        path = f"/grant-publications/{publication['id']}/{move}"
        body = WHY if to == "withdrawn" else None
        return await funding.done(who, "POST", path, body, if_match=as_read(publication))

    async def package(self, **headers: str) -> httpx.Response:
        """What anybody reads of the fund."""
        return await self.ledgers.funding.network.client.get(self.path, headers=headers)

    async def tried(self, publication: Json, move: str) -> list[str]:
        """The guards that stand in the way of a move."""
        funding = self.ledgers.funding
        path = f"/grant-publications/{publication['id']}/{move}"
        who = funding.lead if move == "consent" else funding.coordinator
        answer = await funding.call(who, "POST", path, if_match=as_read(publication))
        assert answer.status_code == 409, answer.text
        return [one["code"] for one in answer.json()["unmet"]]

    async def one(self, grant: Json) -> httpx.Response:
        """What anybody reads of one grant."""
        path = f"/v1/open-data/grants/360G-pln-{grant['reference']}"
        return await self.ledgers.funding.network.client.get(path)
