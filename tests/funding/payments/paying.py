"""Walks along payee accounts and payments, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any, Final

import httpx

from app.people.identity.roles import Role
from tests.factories import organisation
from tests.funding.funds.ledgers import Ledgers
from tests.grant_walks import WHY, Funding
from tests.journeys import Json, Network
from tests.keys import keyed
from tests.people.identity.people import Person
from tests.worlds import remembered

IBAN: Final = "GB82WEST12345698765432"
ANOTHER_IBAN: Final = "DE89370400440532013000"
Step = tuple[Person, str, Json | None]
CALL: Final = {
    "called_name": "Ida Cashier",
    "called_at": "2026-03-02T08:30:00Z",
    "number_source": "The organisation's website",
}


@dataclass(frozen=True)
class Paying:
    """A network with a fund that holds money, a grant in force, and whoever pays it."""

    ledgers: Ledgers
    releaser: Person
    payee: Json
    grant: Json

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Paying":
        """A grant of 20,000 pounds in force, of which nothing was earned."""
        return await cls.of(await Funding.begin(network))

    @classmethod
    async def of(cls, funding: Funding) -> "Paying":
        """The same for a network that has a member."""
        network, ledgers = funding.network, await Ledgers.of(funding)
        await ledgers.received(8_000_000)
        at = network.programme_id
        releaser = await network.people.person("Rae Releaser", (Role.PAYMENT_RELEASER, at))
        payee = await organisation(network.client, network.coordinator, "The River Trust")
        return cls(ledgers, releaser, payee, await ledgers.grant("active"))

    @property
    def funding(self) -> Funding:
        return self.ledgers.funding

    @property
    def network(self) -> Network:
        return self.funding.network

    @property
    def lead(self) -> Person:
        return self.funding.lead

    @property
    def approver(self) -> Person:
        return self.ledgers.approver

    async def call(
        self,
        who: Person | None,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        if_match: object = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Whatever `who`, or nobody, gets, with a token that is valid by now."""
        headers = {**keyed(method, f"/v1{path}")}
        headers |= await self.network.headers(who) if who else {}
        if if_match is not None:
            headers["If-Match"] = "*" if if_match == "*" else f'"{if_match}"'
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.network.client.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(self, who: Person, path: str, body: Json | None = None, **more: Any) -> Json:
        """What `who` gets by POST, which must succeed."""
        answer = await self.call(who, "POST", path, body, **more)
        assert answer.is_success, answer.text
        return answer.json()

    async def seen(self, who: Person, path: str) -> Json:
        return await self.network.seen(who, path)

    def account_said(self, **changes: Any) -> Json:
        """What is said of an account."""
        return {
            "organisation_id": self.payee["id"],
            "is_fiscal_host": True,
            "form": "iban",
            "country": "GB",
            "currency": "GBP",
            "holder_name": "The River Trust",
            "number": IBAN,
            "contact_name": "Ida Cashier",
            "contact_email": "cash@rivers.example",
        } | changes

    async def proposes(self, who: Person | None = None, **changes: Any) -> httpx.Response:
        """What comes of proposing an account, as the lead unless another is named."""
        path = f"/grants/{self.grant['id']}/payee-accounts"
        return await self.call(who or self.lead, "POST", path, self.account_said(**changes))

    @remembered
    async def account(self, status: str = "verified", **changes: Any) -> Json:
        """A payee account of the grant, walked to `status`."""
        answer = await self.proposes(**changes)
        assert answer.is_success, answer.text
        account = answer.json()
        path = f"/payee-accounts/{account['id']}"
        if status in ("verified", "replaced", "revoked"):
            verify = f"{path}/verify"
            account = await self.done(self.approver, verify, CALL, if_match=account["version"])
        if status == "replaced":
            another = {"number": ANOTHER_IBAN, "country": "DE"}
            await self.account("verified", **another)
            account = await self.seen(self.approver, path)
        if status == "revoked":
            for who in (self.approver, self.releaser):
                revoke = f"{path}/revoke"
                account = await self.done(who, revoke, WHY, if_match=account["version"])
        if status == "rejected":
            account = await self.done(self.approver, f"{path}/reject", WHY)
        if status == "withdrawn":
            account = await self.done(self.lead, f"{path}/withdraw")
        assert account["status"] == status
        return account

    async def earned(self, number: int = 1) -> Json:
        """A milestone of the grant whose report was accepted, as those before it."""
        milestones = await self.funding.milestones(self.grant)
        for one in milestones[:number]:
            if one["status"] == "planned":
                await self.accepted(one)
        milestone = milestones[number - 1]
        return await self.seen(self.lead, f"/milestones/{milestone['id']}")

    @remembered
    async def accepted(self, milestone: Json) -> Json:
        """The report by which it was."""
        return await self.funding.report("accepted", milestone)

    async def requests(
        self, milestone: Json, who: Person | None = None, key: str | None = None, **changes: Any
    ) -> httpx.Response:
        """What comes of requesting its payment, as the lead unless another is named."""
        said = {"amount": milestone["amount"], "invoice_number": "INV-1"} | changes
        path = f"/milestones/{milestone['id']}/payments"
        return await self.call(who or self.lead, "POST", path, said, key=key)

    @remembered
    async def payment(self, status: str = "requested", number: int = 1) -> Json:
        """The payment of an accepted milestone to a verified account, walked to `status`."""
        milestone = await self.earned(number)
        if not (await self.seen(self.lead, "/payee-accounts?status=verified"))["items"]:
            await self.account()
        answer = await self.requests(milestone, invoice_number=f"INV-{number}")
        assert answer.is_success, answer.text
        return await self.walk_payment(answer.json(), status)

    @remembered
    async def walk_payment(self, payment: Json, status: str) -> Json:
        """Take a payment that was requested along its life."""
        approved: list[Step] = [(self.approver, "approve", None)]
        released: list[Step] = [*approved, (self.releaser, "release", None)]
        settled: list[Step] = [*released, (self.releaser, "settle", settling(payment))]
        steps: dict[str, list[Step]] = {
            "requested": [],
            "approved": approved,
            "on_hold": [(self.approver, "hold", WHY)],
            "released": released,
            "settled": settled,
            "failed": [*released, (self.releaser, "fail", WHY)],
            "cancelled": [(self.approver, "cancel", WHY)],
            "reversed": [
                *settled,
                (self.approver, "reverse", WHY),
                (self.releaser, "reverse", WHY),
            ],
        }
        for who, move, body in steps[status]:
            payment = await self.moves(who, payment, move, body)
        assert payment["status"] == status
        return payment

    async def moves(self, who: Person, payment: Json, move: str, body: Json | None = None) -> Json:
        """Make a move of a payment that was read."""
        path = f"/payments/{payment['id']}/{move}"
        return await self.done(who, path, body, if_match=payment["version"])

    async def holds(self) -> dict[str, int]:
        """What each bucket of the fund holds that holds anything."""
        return await self.ledgers.holds()


def settling(payment: Json) -> Json:
    """What the bank says of a payment that it did."""
    return {"bank_reference": f"FT-{payment['number']}", "value_on": "2026-03-02"}
