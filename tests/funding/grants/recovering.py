"""Walks along recoveries of a grant that was paid, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import httpx

from app.funding.funds.buckets import EntryKind
from app.funding.funds.ledger import post
from app.kernel.db import Database
from app.people.identity.actors import NOBODY
from tests.funding.funds.ledgers import Ledgers, pounds
from tests.grant_walks import WHY
from tests.journeys import Json

DUE = "The second workshop was paid for and did not take place."


@dataclass(frozen=True)
class Recovering:
    """A grant of which 8,000 pounds were paid."""

    ledgers: Ledgers
    grant: Json

    @classmethod
    async def begin(cls, ledgers: Ledgers, database: Database) -> "Recovering":
        await ledgers.received(2_000_000)
        grant = await ledgers.grant("active")
        first, _ = await ledgers.funding.milestones(grant)
        await ledgers.funding.report("accepted", first)
        await disbursed(ledgers, database, grant, 800_000)
        grant = await ledgers.funding.network.seen(ledgers.approver, f"/grants/{grant['id']}")
        return cls(ledgers, grant)

    @property
    def path(self) -> str:
        return f"/grants/{self.grant['id']}/recoveries"

    async def proposed(self, amount_minor: int = 300_000) -> Json:
        body = {"amount": pounds(amount_minor), "reason": DUE}
        funding = self.ledgers.funding
        return await funding.done(funding.coordinator, "POST", self.path, body)

    async def made(self, recovery: Json, move: str, body: Json | None = None) -> Json:
        """What comes of a move of whoever makes it, which must succeed."""
        answer = await self.tried(recovery, move, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def tried(self, recovery: Json, move: str, body: Json | None = None) -> httpx.Response:
        funding = self.ledgers.funding
        who = self.ledgers.approver if move in ("receive", "reverse") else funding.manager
        path = f"/recoveries/{recovery['id']}/{move.replace('_', '-')}"
        return await funding.call(who, "POST", path, body, if_match=recovery["version"])

    async def walked(self, status: str) -> Json:
        recovery = await self.proposed()
        if status == "proposed":
            return recovery
        if status == "dismissed":
            return await self.made(recovery, "dismiss", WHY)
        recovery = await self.made(recovery, "agree")
        if status == "partially_recovered":
            return await self.made(recovery, "receive", came(100_000))
        if status == "recovered":
            return await self.made(recovery, "receive", came(300_000))
        if status == "written_off":
            recovery = await self.made(recovery, "write_off", WHY)
            path = f"/recoveries/{recovery['id']}/write-off"
            who, version = self.ledgers.approver, recovery["version"]
            recovery = await self.ledgers.funding.done(who, "POST", path, WHY, if_match=version)
        assert recovery["status"] == status
        return recovery


def came(amount_minor: int, bank_reference: str = "FT-9") -> Json:
    return {
        "amount": pounds(amount_minor),
        "effective_on": "2026-03-02",
        "bank_reference": bank_reference,
    }


def undone(bank_reference: str, effective_on: str = "2026-03-02") -> Json:
    return {"bank_reference": bank_reference, "effective_on": effective_on, **WHY}


async def disbursed(ledgers: Ledgers, database: Database, grant: Json, amount_minor: int) -> None:
    """A part of what is payable was paid, as the ledger books it."""
    fund_id, grant_id, on = UUID(ledgers.fund["id"]), UUID(grant["id"]), date(2026, 3, 2)
    async with database.transaction() as db:
        for kind in (EntryKind.PAYMENT, EntryKind.SETTLEMENT):
            await post(db, NOBODY, fund_id, kind, amount_minor, effective_on=on, grant_id=grant_id)


async def disbursed_at_once(
    database: Database, fund_id: str, grant_id: str, amount_minor: int
) -> None:
    """Money came for a grant, was promised to it, earned and paid, as the ledger books it."""
    kinds = (
        EntryKind.RECEIPT,
        EntryKind.RESERVATION,
        EntryKind.COMMITMENT,
        EntryKind.ACCEPTANCE,
        EntryKind.PAYMENT,
        EntryKind.SETTLEMENT,
    )
    fund, grant, on = UUID(fund_id), UUID(grant_id), date(2026, 3, 2)
    async with database.transaction() as db:
        for kind in kinds:
            of = None if kind is EntryKind.RECEIPT else grant
            await post(db, NOBODY, fund, kind, amount_minor, effective_on=on, grant_id=of)
