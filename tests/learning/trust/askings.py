"""Walks of rounds, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.people.identity.roles import Role
from tests.journeys import Json, Network, Team
from tests.learning.trust.frames import dimension, document, question
from tests.learning.trust.framing import Framing
from tests.people.identity.people import Person
from tests.worlds import remembered

OPENS = "2026-03-02T09:00:00.000000Z"
"""When tests begin."""
CLOSES = "2026-03-09T09:00:00.000000Z"
WHY = {"reason": "The framework is not ready."}

REACHED_BY = {
    "draft": (),
    "scheduled": ("schedule",),
    "open": ("open",),
    "cancelled": ("cancel",),
}
ASKED = document(
    dimension(
        "d",
        question("A", required=True),
        question("B", na_allowed=True),
        question("C", "free_text"),
        question("M", "choice", several=True),
        question("T", "likert", audience=["peer"]),
    )
)
GOOD = {"question": "A", "points": [3]}


@dataclass(frozen=True)
class Asking:
    """A cohort with two active members, two people each, and who runs its rounds."""

    network: Network
    cohort: Json
    first: Team
    second: Team
    facilitator: Person
    framing: Framing
    version: Json

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Asking":
        cohort = await network.cohort("running")
        teams: list[Team] = []
        for number in (1, 2):
            teams.append(await network.team(number))
            await network.membership(cohort, teams[-1], "active")
        node = UUID(cohort["id"])
        facilitator = await network.people.person("Faye Cilitator", (Role.FACILITATOR, node))
        framing = await Framing.begin(network)
        version = await framing.version("published", **ASKED)
        return cls(network, cohort, teams[0], teams[1], facilitator, framing, version)

    @property
    def people(self) -> list[Person]:
        return [self.first.lead, self.first.member, self.second.lead, self.second.member]

    async def call(
        self, who: Person, method: str, path: str, body: Any = None, *, read: Json | None = None
    ) -> httpx.Response:
        """What `who` is told; with `read`, what it looked like to them goes along."""
        headers = dict(await self.network.headers(who))
        if read is not None:
            headers["If-Match"] = f'"{read["version"]}"'
        return await self.network.client.request(method, f"/v1{path}", json=body, headers=headers)

    async def done(
        self, who: Person, method: str, path: str, body: Any = None, *, read: Json | None = None
    ) -> Json:
        answer = await self.call(who, method, path, body, read=read)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    def body(self, **fields: Any) -> Json:
        return {
            "framework_version_id": self.version["id"],
            "title": "Where we begin",
            "kind": "baseline",
            "confidentiality": "attributed",
            "perspectives": ["self", "peer"],
            "k": 3,
            "least_organisations": 1,
            "opens_at": OPENS,
            "closes_at": CLOSES,
        } | fields

    @remembered
    async def round(self, status: str = "draft", **fields: Any) -> Json:
        """A round of the cohort, walked to `status`."""
        path = f"/cohorts/{self.cohort['id']}/rounds"
        made = await self.done(self.facilitator, "POST", path, self.body(**fields))
        for move in REACHED_BY[status]:
            made = await self.moved(made, move)
        return made

    async def moved(self, a_round: Json, move: str, who: Person | None = None) -> Json:
        body = WHY if move == "cancel" else None
        path = f"/rounds/{a_round['id']}/{move}"
        return await self.done(who or self.facilitator, "POST", path, body)

    async def assessments(self, a_round: Json, **wanted: str) -> list[Json]:
        path = f"/rounds/{a_round['id']}/assessments"
        found = (await self.done(self.facilitator, "GET", path))["items"]
        return [one for one in found if all(one[key] == wanted[key] for key in wanted)]

    async def assessment(self, a_round: Json, team: Team, perspective: str = "self") -> Json:
        """What is asked of a member from one side."""
        of = await self.assessments(a_round, perspective=perspective)
        return next(one for one in of if one["collaboration"] == team.ref)

    async def begun(self, who: Person, assessment: Json) -> Json:
        return await self.done(who, "POST", f"/assessments/{assessment['id']}/sheets")

    async def saved(self, who: Person, sheet: Json, question: str, **answer: Any) -> Json:
        path = f"/sheets/{sheet['id']}/answers/{question}"
        return await self.done(who, "PUT", path, answer, read=sheet)

    @remembered
    async def sheet(self, who: Person, assessment: Json, status: str = "draft") -> Json:
        """A sheet of somebody, walked to a status."""
        sheet = await self.begun(who, assessment)
        sheet = await self.saved(who, sheet, "A", points=[3])
        if status in ("submitted", "excluded"):
            sheet = await self.sheet_moved(who, sheet, "submit")
        if status == "withdrawn":
            sheet = await self.sheet_moved(who, sheet, "withdraw")
        return sheet

    async def sheet_moved(self, who: Person, sheet: Json, move: str) -> Json:
        body = {"reason": "Two people wrote it."} if move == "exclude" else None
        return await self.done(who, "POST", f"/sheets/{sheet['id']}/{move}", body)

    async def sent(self, who: Person, assessment: Json, *answers: Json) -> httpx.Response:
        """A whole sheet of an anonymous round."""
        path = f"/assessments/{assessment['id']}/anonymous-sheets"
        return await self.call(who, "POST", path, {"answers": [*(answers or (GOOD,))]})

    async def waits(self, who: Person) -> list[tuple[str, str]]:
        work = await self.network.seen(who, "/me/work")
        kinds = ("begin_sheet", "send_anonymous_sheet", "submit_sheet")
        return [
            (one["kind"], one["subject"]["id"]) for one in work["items"] if one["kind"] in kinds
        ]
