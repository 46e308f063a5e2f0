"""Walks of RSVPs, each step by the verb of whoever makes it."""

from dataclasses import dataclass
from typing import Any
from unittest.mock import ANY

import httpx

from tests.answers import START
from tests.journeys import Json, Team
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person

SOON = {"local_start": "2026-03-16T10:00"}
"""A fortnight from when tests begin, by the clock on the wall of London: before it changes."""
STARTS_AT = "2026-03-16T10:00:00.000000Z"
MOVES = {"offered": ("accept", "decline"), "yes": ("decline", "delegate")}
MOVES |= {"tentative": ("decline",), "waitlisted": ("decline",)}


def named(who: Person) -> Json:
    return {"id": str(who.account_id), "reference": None, "name": who.name}


@dataclass(frozen=True)
class Replies:
    """A session that is scheduled, and what is replied to it."""

    meetings: Meetings
    session: Json

    @classmethod
    async def begin(cls, meetings: Meetings, **fields: Any) -> "Replies":
        return cls(meetings, await meetings.session("scheduled", **SOON | fields))

    @property
    def path(self) -> str:
        return f"/learning-sessions/{self.session['id']}"

    async def send(self, who: Person, reply: str, reason: str | None = None) -> httpx.Response:
        body = {"reply": reply, "reason": reason}
        return await self.meetings.call(who, "POST", f"{self.path}/reply", body)

    async def reply(self, who: Person, reply: str = "yes", reason: str | None = None) -> Json:
        answer = await self.send(who, reply, reason)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def moved(self, rsvp: Json, move: str, who: Person, body: Json | None = None) -> Json:
        path = f"/rsvps/{rsvp['id']}/{move}"
        return await self.meetings.done(who, "POST", path, body if body is not None else {})

    async def seen(self, who: Person) -> Json:
        """Their own RSVP."""
        path = f"{self.path}/rsvps?account_id={who.account_id}"
        (found,) = (await self.meetings.done(who, "GET", path))["items"]
        return found

    async def seats(self) -> tuple[int, int | None, int]:
        told = await self.meetings.done(self.meetings.facilitator, "GET", f"{self.path}/seats")
        return told["taken"], told["free"], told["waiting"]

    async def waits(self, who: Person) -> list[tuple[str, str]]:
        """What waits for somebody among replies: of which kind, and until when."""
        work = await self.meetings.network.seen(who, "/me/work")
        kinds = ("reply_to_session", "accept_offered_seat")
        return [(one["kind"], one["due_at"]) for one in work["items"] if one["kind"] in kinds]

    def shown(self, who: Person, team: Team | None, status: str, **fields: Any) -> Json:
        """An RSVP as it is told to whose it is."""
        rsvp_id = fields.pop("id")
        return {
            "id": rsvp_id,
            "learning_session": {
                "id": self.session["id"],
                "reference": None,
                "name": self.session["title"],
            },
            "in_timezone": None,
            "account": named(who),
            "membership_id": ANY if team else None,
            "collaboration": team.ref if team else None,
            "status": status,
            "reason": None,
            "replied_at": START,
            "replied_for": STARTS_AT,
            "is_asked_again": False,
            "is_clashing": False,
            "waiting_since": None,
            "offered_at": None,
            "offer_expires_at": None,
            "delegated_to": None,
            "available_actions": [
                {
                    "name": name,
                    "operation_id": f"{name}_rsvp",
                    "method": "POST",
                    "href": f"/v1/rsvps/{rsvp_id}/{name}",
                    "needs_reason": False,
                    "needs_if_match": False,
                }
                for name in MOVES.get(status, ())
            ],
            "version": 1,
            "created_at": START,
            "updated_at": START,
            **fields,
        }
