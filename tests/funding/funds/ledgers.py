"""Walks along funds and their ledgers, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.people.identity.roles import Role
from tests.factories import organisation
from tests.grant_walks import Funding, terms
from tests.journeys import Json, Network
from tests.people.identity.people import Person
from tests.worlds import remembered

BUCKETS = (
    "received",
    "unallocated",
    "reserved",
    "committed",
    "payable",
    "in_transit",
    "disbursed",
    "recoverable",
    "written_off",
)


def pounds(amount_minor: int, currency: str = "GBP") -> Json:
    return {"amount_minor": amount_minor, "currency": currency}


@dataclass(frozen=True)
class Ledgers:
    """A network with a fund, whoever keeps its ledger, and a member that may be funded."""

    funding: Funding
    approver: Person
    funder: Json
    fund: Json

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Ledgers":
        """A fund of up to 120,000 pounds of which nothing came yet."""
        return await cls.of(await Funding.begin(network))

    @classmethod
    async def of(cls, funding: Funding) -> "Ledgers":
        """The same for a network that has a member."""
        network = funding.network
        at = network.programme_id
        approver = await network.people.person("Fay Finance", (Role.FINANCE_APPROVER, at))
        funder = await organisation(network.client, network.coordinator, "Microsoft")
        body = {
            "reference": "PLN-GBP",
            "name": "Grants of the network",
            "funder_id": funder["id"],
            "limit": pounds(12_000_000),
        }
        path = f"/programmes/{network.programme_id}/funds"
        fund = await funding.done(network.manager, "POST", path, body)
        return cls(funding, approver, funder, fund)

    @property
    def path(self) -> str:
        return f"/funds/{self.fund['id']}"

    async def moved(
        self, what: str, amount_minor: int, bank_reference: str, **fields: Any
    ) -> httpx.Response:
        """What comes of recording a receipt or a refund."""
        body = {
            "amount": pounds(amount_minor),
            "effective_on": "2026-03-01",
            "bank_reference": bank_reference,
        } | fields
        network = self.funding.network
        headers = await network.headers(self.approver)
        return await network.client.post(f"/v1{self.path}/{what}", json=body, headers=headers)

    @remembered
    async def received(self, amount_minor: int, bank_reference: str = "FT-1") -> Json:
        """The entry of money that came."""
        answer = await self.moved("receipts", amount_minor, bank_reference)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def holds(self) -> dict[str, int]:
        """What each bucket of the fund holds, in minor units, but for those that hold nothing."""
        fund = await self.funding.network.seen(self.approver, self.path)
        held = {bucket: fund[bucket]["amount_minor"] for bucket in BUCKETS}
        return {bucket: amount for bucket, amount in held.items() if amount}

    @remembered
    async def grant(self, status: str = "draft", **changes: Any) -> Json:
        """A grant that the fund pays, walked to `status`; changes are those of its terms."""
        body = {
            "title": "Opening river data",
            "fund_id": self.fund["id"],
            "terms": terms(**changes),
        }
        path = f"/memberships/{self.funding.membership['id']}/grants"
        grant = await self.funding.done(self.funding.coordinator, "POST", path, body)
        return await self.funding.walk_grant(grant, status)
