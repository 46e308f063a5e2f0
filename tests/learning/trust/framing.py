"""Walks of frameworks, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from app.people.identity.roles import Role
from tests.journeys import Json, Network
from tests.learning.trust.frames import dimension, document, question
from tests.people.identity.people import Person
from tests.worlds import remembered

REACHED_BY = {"draft": (), "published": ("publish",), "retired": ("publish", "retire")}
WHY = {"reason": "Its questions are asked better in 2.0.0."}

ASKED = document(dimension("d", question("A"), question("B")))


@dataclass(frozen=True)
class Framing:
    """A programme, a facilitator who draws its frameworks up, and two who may publish."""

    network: Network
    author: Person
    manager: Person
    administrator: Person

    @classmethod
    @remembered
    async def begin(cls, network: Network) -> "Framing":
        people, node = network.people, network.programme_id
        author = await people.person("Faye Author", (Role.FACILITATOR, node))
        administrator = await people.person("Anna Administrator", Role.ADMINISTRATOR)
        return cls(network, author, network.manager, administrator)

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

    async def begun(self, **more: Any) -> Json:
        """A framework of the programme."""
        body = {"programme_id": str(self.network.programme_id), "document": ASKED | more}
        return await self.done(self.author, "POST", "/frameworks", body)

    async def versions(self, framework: Json) -> list[Json]:
        path = f"/frameworks/{framework['id']}/versions"
        return (await self.network.seen(self.author, path))["items"]

    @remembered
    async def version(self, status: str = "draft", **more: Any) -> Json:
        """The first version of a framework of the programme, walked to `status`."""
        [version] = await self.versions(await self.begun(**more))
        for move in REACHED_BY[status]:
            version = await self.moved(version, move)
        return version

    async def further(self, of: Json, **more: Any) -> Json:
        """Another version of the same framework."""
        path = f"/frameworks/{of['framework']['id']}/versions"
        return await self.done(self.author, "POST", path, {"document": ASKED | more})

    async def moved(self, version: Json, move: str) -> Json:
        """Published by the author and the manager, or retired."""
        path = f"/framework-versions/{version['id']}/{move}"
        if move == "retire":
            return await self.done(self.manager, "POST", path, WHY, read=version)
        await self.done(self.author, "POST", path, read=version)
        return await self.done(self.manager, "POST", path, read=version)
