"""Runs of payments, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.people.identity.roles import Role
from tests.funding.payments.paying import Paying
from tests.journeys import Json
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Running:
    """Two payments of a grant that were requested, and somebody of finance who accepted neither of
    their milestones."""

    paying: Paying
    payments: list[Json]

    @classmethod
    async def begin(cls, paying: Paying) -> "Running":
        return cls(paying, [await paying.payment("requested", number) for number in (1, 2)])

    @property
    def fund_path(self) -> str:
        return f"/funds/{self.paying.ledgers.fund['id']}/payment-runs"

    async def gathers(self, who: Person | None = None, *chosen: Json) -> httpx.Response:
        """What comes of gathering these payments, or all, as whoever releases."""
        body = {"payment_ids": [one["id"] for one in chosen]} if chosen else {}
        return await self.paying.call(who or self.paying.releaser, "POST", self.fund_path, body)

    async def gathered(self, *chosen: Json) -> Json:
        answer = await self.gathers(None, *chosen)
        assert answer.is_success, answer.text
        return answer.json()

    async def tries(
        self, who: Person, run: Json, move: str, body: Json | None = None, **more: Any
    ) -> httpx.Response:
        path = f"/payment-runs/{run['id']}/{move}"
        more = {"if_match": as_read(run)} | more
        return await self.paying.call(who, "POST", path, body, **more)

    async def moved(self, who: Person, run: Json, move: str, body: Json | None = None) -> Json:
        answer = await self.tries(who, await self.seen(run), move, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def approved(self, *chosen: Json) -> Json:
        return await self.moved(self.paying.approver, await self.gathered(*chosen), "approve")

    async def released(self, *chosen: Json) -> Json:
        return await self.moved(self.paying.releaser, await self.approved(*chosen), "release")

    async def both(self) -> Person:
        """Somebody who approves, and releases."""
        people, at = self.paying.network.people, self.paying.network.programme_id
        return await people.person(
            "Bo Both", (Role.FINANCE_APPROVER, at), (Role.PAYMENT_RELEASER, at)
        )

    async def asked(self, who: Person) -> list[str]:
        """What kinds of runs wait for somebody."""
        kinds = "kind=approve_payment_run&kind=release_payment_run"
        work = await self.paying.seen(who, f"/me/work?{kinds}")
        return [one["kind"] for one in work["items"]]

    async def seen(self, run: Json) -> Json:
        return await self.paying.seen(self.paying.releaser, f"/payment-runs/{run['id']}")

    async def payment(self, number: int) -> Json:
        """One of the payments as it is now, counted from one."""
        id_ = self.payments[number - 1]["id"]
        return await self.paying.seen(self.paying.approver, f"/payments/{id_}")

    async def left(self, run: Json) -> list[tuple[str, str | None]]:
        """The references of the payments of a run, with why each is in it no more."""
        run = await self.seen(run)
        return [(one["reference"], one["left_because"]) for one in run["payments"]]


def as_read(run: Json) -> str:
    return f"{run['version']}.{run['content_version']}"
