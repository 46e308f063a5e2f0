"""A running cohort of six funded members, to which things happen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.background.mail import MailMessage
from tests.bound import BoundDatabase
from tests.grant_walks import Funding
from tests.journeys import Json, Network
from tests.people.identity.people import Person
from tests.worlds import remembered

MEMBERS = 6


@dataclass(frozen=True)
class Life:
    """A running cohort of six, full, each with a grant in force of two milestones."""

    network: Network
    cohort: Json
    members: list[Funding]
    grants: list[Json]

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Life":
        cohort = await network.cohort("recruiting", announced_capacity=MEMBERS)
        members: list[Funding] = []
        for number in range(1, MEMBERS + 1):
            team = await network.team(number)
            membership = await network.membership(cohort, team, "onboarding")
            members.append(Funding(network, team, cohort, membership))
        await network.walk_cohort(cohort, "confirmed")
        for one in members:
            path = f"/memberships/{one.membership['id']}/activate"
            await network.done(network.coordinator, path)
        grants = [await one.grant("active") for one in members]
        cohort = await network.done(network.coordinator, f"/cohorts/{cohort['id']}/start")
        return cls(network, cohort, members, grants)

    async def work(self, who: Person) -> list[tuple[str, str]]:
        """(kind, reference) of each item, by reference."""
        found = (await self.network.seen(who, "/me/work?limit=200"))["items"]
        return sorted((one["kind"], one["subject"]["reference"]) for one in found)

    async def history(self, who: Person, path: str, last: int) -> list[tuple[str, str | None]]:
        """(verb, reason) of the last things that were done, as `who` reads of them."""
        found = (await self.network.seen(who, f"{path}/history?limit=200"))["items"]
        return [(one["verb"], one["reason"]) for one in found[-last:]]

    async def metrics(self) -> dict[str, tuple[int, int, int]]:
        """(numerator, denominator, left out) of each metric of the cohort's places and grants."""
        path = f"/cohorts/{self.cohort['id']}/metrics"
        return {
            one["key"]: (one["numerator"], one["denominator"], one["excluded_count"])
            for one in (await self.network.seen(self.network.manager, path))["metrics"]
            if one["key"] in FULL
        }


async def letters(database: BoundDatabase) -> Sequence[str]:
    """To whom letters were written, in the order of their addresses."""
    async with database.transaction() as db:
        asked = select(MailMessage.recipient).order_by(MailMessage.recipient)
        return (await db.scalars(asked)).all()


FULL = {
    "fill": (6, 6, 0),
    "milestones_reported": (0, 12, 0),
    "milestones_accepted": (0, 12, 0),
}
