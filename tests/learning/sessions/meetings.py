"""Walks of learning sessions, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.people.identity.roles import Role
from tests.journeys import Json, Network, Team
from tests.people.identity.people import Person
from tests.worlds import remembered

NOW = "2026-03-02T09:00"
"""What the clock on the wall of London says when tests begin."""

REACHED_BY = {
    "draft": (),
    "scheduled": ("schedule",),
    "postponed": ("schedule", "postpone"),
    "live": ("schedule", "begin"),
    "held": ("schedule", "begin", "hold"),
    "cancelled": ("cancel",),
}
WHY = {"reason": "Two of the members are ill."}


def body_of(move: str) -> Json | None:
    return WHY if move in ("postpone", "resume", "cancel") else None


@dataclass(frozen=True)
class Meetings:
    """A cohort that runs, with an active member and somebody who leads its sessions."""

    network: Network
    cohort: Json
    team: Team
    facilitator: Person

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Meetings":
        cohort = await network.cohort("running")
        team = await network.team(1)
        await network.membership(cohort, team, "active")
        node = UUID(cohort["id"])
        facilitator = await network.people.person("Faye Cilitator", (Role.FACILITATOR, node))
        return cls(network, cohort, team, facilitator)

    @property
    def coordinator(self) -> Person:
        return self.network.coordinator

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

    @remembered
    async def session(self, status: str = "draft", **fields: Any) -> Json:
        """A session that Faye leads, now unless said, walked to `status`."""
        body = {
            "kind": "workshop",
            "title": "What makes data worth sharing",
            "local_start": NOW,
            "facilitator_ids": [str(self.facilitator.account_id)],
        }
        path = f"/cohorts/{self.cohort['id']}/learning-sessions"
        made = await self.done(self.facilitator, "POST", path, body | fields)
        for move in REACHED_BY[status]:
            made = await self.moved(made, move)
        return made

    async def moved(self, session: Json, move: str, who: Person | None = None) -> Json:
        path = f"/learning-sessions/{session['id']}/{move}"
        return await self.done(who or self.facilitator, "POST", path, body_of(move))

    async def series(self, rule: str = "FREQ=WEEKLY;COUNT=3", **fields: Any) -> Json:
        """A series that Faye leads, from an hour from now on."""
        body = {
            "kind": "peer_circle",
            "title": "Peer circle",
            "local_start": "2026-03-16T10:00",
            "facilitator_ids": [str(self.facilitator.account_id)],
            "rule": rule,
        }
        path = f"/cohorts/{self.cohort['id']}/session-series"
        return await self.done(self.facilitator, "POST", path, body | fields)

    async def sessions_of(self, series: Json) -> list[Json]:
        path = f"/learning-sessions?series_id={series['id']}"
        return (await self.done(self.facilitator, "GET", path))["items"]
