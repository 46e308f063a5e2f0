"""Walks of polls, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.journeys import Json
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

CLOSES_AT = "2026-03-10T17:00:00.000000Z"
OPTIONS = ["2026-03-17T10:00:00.000000Z", "2026-03-18T09:00:00.000000Z"]
"""Tuesday at ten and Wednesday at nine, by the clock on the wall of London."""
REACHED_BY = {"open": (), "closed": ("close",), "decided": ("choose",), "cancelled": ("cancel",)}


@dataclass(frozen=True)
class Polling:
    """A poll of a cohort, and what is done with it."""

    meetings: Meetings
    poll: Json

    @classmethod
    async def begin(cls, meetings: Meetings, **fields: Any) -> "Polling":
        answer = await cls.asked(meetings, **fields)
        assert answer.status_code == 201, answer.text
        return cls(meetings, answer.json())

    @classmethod
    async def asked(cls, meetings: Meetings, **fields: Any) -> httpx.Response:
        path = f"/cohorts/{meetings.cohort['id']}/session-polls"
        body = {"title": "Tide tables", "closes_at": CLOSES_AT, "options": OPTIONS} | fields
        return await meetings.call(meetings.facilitator, "POST", path, body)

    @property
    def path(self) -> str:
        return f"/session-polls/{self.poll['id']}"

    @property
    def first(self) -> str:
        return self.poll["options"][0]["id"]

    @property
    def second(self) -> str:
        return self.poll["options"][1]["id"]

    async def vote(self, who: Person, **answers: str) -> httpx.Response:
        """`first="yes"`, `second="no"`."""
        said = [
            {"option_id": getattr(self, name), "answer": answer} for name, answer in answers.items()
        ]
        return await self.meetings.call(who, "POST", f"{self.path}/vote", {"answers": said})

    async def move(self, name: str, who: Person | None = None, **body: Any) -> httpx.Response:
        said = body or {
            "choose": {"option_id": self.second},
            "cancel": {"reason": "It is no longer needed."},
        }.get(name)
        who = who or self.meetings.facilitator
        return await self.meetings.call(who, "POST", f"{self.path}/{name}", said)

    async def moved(self, name: str, who: Person | None = None, **body: Any) -> Json:
        answer = await self.move(name, who, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def seen(self, who: Person) -> Json:
        return await self.meetings.done(who, "GET", self.path)

    async def voters(self, who: Person) -> list[tuple[str, list[str]]]:
        told = await self.meetings.done(who, "GET", f"{self.path}/votes")
        return [
            (one["account"]["name"], [each["answer"] for each in one["answers"]])
            for one in told["voters"]
        ]

    async def waits(self, who: Person) -> list[tuple[str, str | None]]:
        work = await self.meetings.network.seen(who, "/me/work")
        kinds = ("vote_in_session_poll", "choose_session_poll")
        return [(one["kind"], one["due_at"]) for one in work["items"] if one["kind"] in kinds]
