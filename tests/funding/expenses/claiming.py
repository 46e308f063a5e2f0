"""Walks along claims of expenses, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx

from app.people.identity.roles import Role
from tests.funding.payments.paying import CALL, Paying
from tests.grant_walks import WHY
from tests.journeys import Json, Network
from tests.people.files.uploading import Uploader
from tests.people.identity.people import Person
from tests.worlds import remembered

PDF: Final = b"%PDF-1.7\n%%EOF\n"
TRAIN: Final[Json] = {
    "spent_on": "2026-02-27",
    "kind": "travel",
    "description": "Return train, Leeds to London",
    "amount": {"amount_minor": 8_640, "currency": "GBP"},
    "tax_minor": 1_440,
}
HOTEL: Final[Json] = {
    "spent_on": "2026-02-27",
    "kind": "accommodation",
    "description": "One night",
    "amount": {"amount_minor": 15_000, "currency": "GBP"},
    "no_receipt_because": "The hotel sends it by post.",
}
ACCOUNT: Final[Json] = {
    "form": "sort_code",
    "country": "GB",
    "currency": "GBP",
    "holder_name": "Sam Speaker",
    "bank_code": "20-00-00",
    "number": "55779911",
    "contact_name": "Sam Speaker",
    "contact_email": "sam@speakers.example",
}


@dataclass(frozen=True)
class Claiming:
    """A fund with 80,000 pounds, of which a grant took 20,000, a speaker, and whoever decides."""

    paying: Paying
    speaker: Person

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Claiming":
        paying = await Paying.begin(network)
        at = UUID(paying.funding.cohort["id"])
        speaker = await network.people.person("Sam Speaker", (Role.FACILITATOR, at))
        return cls(paying, speaker)

    @property
    def cohort(self) -> Json:
        return self.paying.funding.cohort

    @property
    def coordinator(self) -> Person:
        return self.paying.funding.coordinator

    async def drafts(self, who: Person | None = None, **changes: Any) -> httpx.Response:
        """What comes of drawing up a claim, as the speaker unless another is named."""
        said = {"title": "Travel to the workshop", "purpose": "I spoke there."} | changes
        path = f"/cohorts/{self.cohort['id']}/expense-claims"
        return await self.paying.call(who or self.speaker, "POST", path, said)

    async def receipt(self, who: Person | None = None, name: str = "ticket.pdf") -> str:
        """A file that was uploaded."""
        uploader = Uploader(self.paying.network.client, who or self.speaker)
        uploaded = await uploader.upload(PDF, name=name, media_type="application/pdf")
        return str(uploaded)

    async def adds(
        self, claim: Json, item: Json, who: Person | None = None, **more: Any
    ) -> httpx.Response:
        """What comes of adding an item to a claim as it was read."""
        path = f"/expense-claims/{claim['id']}/items"
        by = who or self.speaker
        return await self.paying.call(by, "POST", path, item, if_match=claim["version"], **more)

    async def tries(
        self, who: Person, claim: Json, move: str, body: Json | None = None, **more: Any
    ) -> httpx.Response:
        """What comes of a move of a claim as it was read."""
        path = f"/expense-claims/{claim['id']}/{move}"
        told = {"if_match": claim.get("version", "*")} | more
        return await self.paying.call(who, "POST", path, body, **told)

    async def moves(self, who: Person, claim: Json, move: str, body: Json | None = None) -> Json:
        answer = await self.tries(who, claim, move, body)
        assert answer.is_success, answer.text
        return answer.json()

    @remembered
    async def claim(self, status: str = "submitted") -> Json:
        """A claim of a train with its receipt and a hotel without, walked to `status`."""
        answer = await self.drafts()
        assert answer.is_success, answer.text
        train = TRAIN | {"file_id": await self.receipt()}
        for item in (train, HOTEL):
            answer = await self.adds(answer.json(), item)
            assert answer.is_success, answer.text
        claim = answer.json()
        if status == "withdrawn":
            claim = await self.moves(self.speaker, claim, "withdraw")
        elif status != "draft":
            claim = await self.moves(self.speaker, claim, "submit")
        steps = {"returned": "return", "approved": "approve", "declined": "decline"}
        if status in steps:
            body = self.lowering(claim) if status == "approved" else WHY
            claim = await self.moves(self.coordinator, claim, steps[status], body)
        assert claim["status"] == status
        return claim

    def lowering(self, claim: Json) -> Json:
        """That of its hotel 120 pounds are approved."""
        amount = {"amount_minor": 12_000, "currency": "GBP"}
        reason = "We pay up to 120 pounds a night."
        item = {"item_id": claim["items"][1]["id"], "amount": amount, "reason": reason}
        return {"lowered": [item]}

    async def says_where_to(self, claim: Json, **changes: Any) -> httpx.Response:
        """What comes of saying where a claim is paid to."""
        path = f"/expense-claims/{claim['id']}/payee-accounts"
        return await self.paying.call(self.speaker, "POST", path, ACCOUNT | changes)

    @remembered
    async def account(self, claim: Json) -> Json:
        """The verified account of a claim."""
        answer = await self.says_where_to(claim)
        assert answer.is_success, answer.text
        account = answer.json()
        path = f"/payee-accounts/{account['id']}/verify"
        return await self.paying.done(self.paying.approver, path, CALL, if_match=account["version"])

    async def requests(self, claim: Json, who: Person | None = None, **more: Any) -> httpx.Response:
        """What comes of asking that a claim be paid."""
        path = f"/expense-claims/{claim['id']}/payments"
        return await self.paying.call(who or self.coordinator, "POST", path, **more)

    @remembered
    async def payment(self, status: str = "requested") -> Json:
        """The payment of a claim that was approved, walked to `status`."""
        claim = await self.claim("approved")
        await self.account(claim)
        answer = await self.requests(claim)
        assert answer.is_success, answer.text
        return await self.paying.walk_payment(answer.json(), status)

    async def seen(self, who: Person, claim: Json) -> Json:
        return await self.paying.seen(who, f"/expense-claims/{claim['id']}")

    async def settles(self, payment: Json) -> Json:
        """The payment, paid by two more people and the bank."""
        return await self.paying.walk_payment(payment, "settled")
