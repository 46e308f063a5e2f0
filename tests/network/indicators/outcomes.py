"""A cohort whose members report what came of their work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from tests.journeys import Json, Network, Team
from tests.overview.metrics.figures import Figures, figures_of
from tests.people.identity.people import Person

OPENED: Final[Json] = {
    "key": "data_sets_opened",
    "name": "Data sets opened",
    "definition": "Each data set that anybody may use from now on, by its address.",
    "unit": "data sets",
    "aggregation": "count_distinct",
}
REACHED: Final[Json] = {
    "key": "people_reached",
    "name": "People reached",
    "definition": "Whoever used a service that was built on shared data.",
    "unit": "people",
    "aggregation": "sum",
    "counts_people": True,
}
PERIOD: Final[Json] = {"period_start_on": "2025-10-01", "period_end_on": "2025-12-31"}
NEXT: Final[Json] = {"period_start_on": "2026-01-01", "period_end_on": "2026-02-28"}
BAYS: Final = "https://data.example.org/loading-bays"
SAID: Final[Json] = {**PERIOD, "evidence": "The portal lists it under an open licence."}
WHY: Final[Json] = {"reason": "The portal does not list the second one."}
KEYS: Final = ("indicator_sum", "indicator_share", "indicator_mean", "indicator_distinct")


@dataclass(frozen=True)
class Outcomes:
    """A running cohort, its two members, and what they do."""

    network: Network
    cohort: Json
    teams: tuple[Team, Team]
    members: tuple[Json, Json]

    @classmethod
    async def begin(cls, network: Network) -> "Outcomes":
        cohort = await network.cohort("recruiting")
        teams = (await network.team(1), await network.team(2))
        first, second = [await network.membership(cohort, team, "accepted") for team in teams]
        cohort = await network.walk_cohort(cohort, "running")
        for made in (first, second):
            for step in ("onboard", "activate"):
                path = f"/memberships/{made['id']}/{step}"
                await network.done(network.coordinator, path)
        return cls(network, cohort, teams, (first, second))

    async def send(
        self,
        who: Person,
        method: str,
        path: str,
        body: Any = None,
        if_match: int | None = None,
    ) -> httpx.Response:
        headers: Mapping[str, str] = await self.network.headers(who)
        if if_match is not None:
            headers = {**headers, "If-Match": f'"{if_match}"'}
        return await self.network.client.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(
        self, who: Person, method: str, path: str, body: Any = None, if_match: int | None = None
    ) -> Json:
        answer = await self.send(who, method, path, body, if_match)
        assert answer.is_success, answer.text
        return answer.json()

    async def indicator(self, body: Json = OPENED, *, status: str = "active", **more: Any) -> Json:
        network = self.network
        path = f"/programmes/{network.programme_id}/indicators"
        made = await network.done(network.manager, path, body | more)
        for step in {"draft": (), "active": ("activate",), "retired": ("activate", "retire")}[
            status
        ]:
            said = WHY if step == "retire" else None
            made = await self.done(
                network.manager, "POST", f"/indicators/{made['id']}/{step}", said, made["version"]
            )
        return made

    async def result(
        self, indicator: Json, *, of: int = 0, status: str = "accepted", **more: Any
    ) -> Json:
        team, member = self.teams[of], self.members[of]
        path = f"/memberships/{member['id']}/indicator-results"
        made = await self.network.done(
            team.member, path, {"indicator_id": indicator["id"], **SAID, **more}
        )
        return await self.walk(made, status, of=of)

    async def walk(self, made: Json, status: str, *, of: int = 0) -> Json:
        lead, runs = self.teams[of].lead, self.network.coordinator
        steps: dict[str, list[tuple[Person, str, Json | None]]] = {
            "draft": [],
            "submitted": [(lead, "submit", None)],
            "returned": [(lead, "submit", None), (runs, "return", WHY)],
            "accepted": [(lead, "submit", None), (runs, "accept", None)],
            "withdrawn": [(lead, "withdraw", WHY)],
        }
        for who, step, body in steps[status]:
            made = await self.move(who, made, step, body)
        return made

    async def move(self, who: Person, made: Json, step: str, body: Json | None = None) -> Json:
        path = f"/indicator-results/{made['id']}/{step}"
        return await self.done(who, "POST", path, body, made["version"])

    async def figures(self, path: str = "", query: str = "") -> Figures:
        """The figures of indicators at an address; of the programme unless said."""
        path = path or f"/programmes/{self.network.programme_id}"
        found = await self.network.seen(self.network.manager, f"{path}/metrics{query}")
        return {key: one for key, one in figures_of(found["metrics"]).items() if key[0] in KEYS}

    @property
    def of_cohort(self) -> str:
        return f"/cohorts/{self.cohort['id']}"

    def of_team(self, number: int) -> str:
        return f"/collaborations/{self.teams[number].id}"
