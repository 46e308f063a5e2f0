"""Walks along amendments of a grant, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.funding.funds.ledgers import Ledgers, pounds
from tests.grant_walks import WHY, milestone
from tests.journeys import Json
from tests.people.identity.people import Person

SUMMER = "The partners need the summer to agree on a licence."


@dataclass(frozen=True)
class Amending:
    """An active grant of 20,000 pounds, and a fund that has 10,000 more."""

    ledgers: Ledgers
    grant: Json

    @classmethod
    async def begin(cls, ledgers: Ledgers) -> "Amending":
        await ledgers.received(3_000_000)
        return cls(ledgers, await ledgers.grant("active"))

    @property
    def path(self) -> str:
        return f"/grants/{self.grant['id']}/amendments"

    async def agreed(self) -> Json:
        """What is agreed now, as a request says it."""
        path = f"/grants/{self.grant['id']}/terms"
        return as_asked(await self.ledgers.funding.network.seen(self.ledgers.funding.lead, path))

    async def proposed(self, who: Person | None = None, **changes: Any) -> Json:
        """A draft that the lead, or somebody else, draws up: what is agreed, with changes."""
        answer = await self.asked(who, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def asked(self, who: Person | None = None, **changes: Any) -> httpx.Response:
        body = {"reason": SUMMER, "terms": await self.agreed() | changes}
        funding = self.ledgers.funding
        return await funding.call(who or funding.lead, "POST", self.path, body)

    async def split(self) -> list[Json]:
        """The milestones, the last in two."""
        first, last = (await self.agreed())["milestones"]
        part = milestone("Draft report", 500_000, "2026-07-31", kind="reporting")
        return [first, part, last | {"amount_minor": 700_000}]

    async def named(self, title: str) -> list[Json]:
        """The milestones, the last with another title."""
        *others, last = (await self.agreed())["milestones"]
        return [*others, last | {"title": title}]

    async def tried(
        self, who: Person, amendment: Json, move: str, body: Json | None = None
    ) -> httpx.Response:
        path = f"/amendments/{amendment['id']}/{move}"
        version = amendment["version"]
        return await self.ledgers.funding.call(who, "POST", path, body, if_match=version)

    async def made(self, who: Person, amendment: Json, move: str, body: Json | None = None) -> Json:
        answer = await self.tried(who, amendment, move, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def unmet(self, who: Person, amendment: Json, move: str) -> list[str]:
        """The codes of what stands in the way of a move."""
        body = WHY if move == "reject" else None
        answer = await self.tried(who, amendment, move, body)
        assert answer.status_code == 409, answer.text
        return [one["code"] for one in answer.json()["unmet"]]

    async def walked(self, status: str, amendment: Json | None = None) -> Json:
        """One that splits a milestone, or only names it otherwise where nobody is to sign it."""
        funding = self.ledgers.funding
        lead, manager = funding.lead, funding.manager
        if amendment is None:
            is_small = status == "approved"
            milestones = await self.named("The end") if is_small else await self.split()
            amendment = await self.proposed(milestones=milestones)
        if status == "draft":
            return amendment
        if status == "withdrawn":
            return await self.made(lead, amendment, "withdraw", WHY)
        if status == "superseded":
            other = await self.walked("effective")
            assert other["number"] == 2
            return await funding.network.seen(lead, f"/amendments/{amendment['id']}")
        amendment = await self.made(lead, amendment, "submit")
        if status == "rejected":
            return await self.made(manager, amendment, "reject", WHY)
        if status != "submitted":
            amendment = await self.made(manager, amendment, "approve")
        if status == "effective":
            for who in (lead, manager):
                amendment = await self.made(who, amendment, "sign")
        assert amendment["status"] == status
        return amendment


def as_asked(terms: Json) -> Json:
    """Terms that were read, as a request says them."""
    tolerance = terms["variance_tolerance"]
    return {
        **{name: terms[name] for name in ("award", "tax_treatment", "starts_on", "ends_on")},
        "variance_tolerance": _flat(tolerance),
        "budget_lines": [_flat(one) for one in terms["budget_lines"]],
        "milestones": [_flat(one) for one in terms["milestones"]],
    }


def _flat(one: Json) -> Json:
    rest = {name: value for name, value in one.items() if name not in ("amount", "reference")}
    return {**rest, "amount_minor": one["amount"]["amount_minor"]}


def more(amount_minor: int) -> Json:
    return {"award": pounds(amount_minor), "budget_lines": []}
