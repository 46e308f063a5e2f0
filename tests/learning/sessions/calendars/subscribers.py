"""Feeds as calendar programs read them."""

from dataclasses import dataclass
from typing import Any

import httpx
import icalendar

from tests.journeys import Json
from tests.learning.sessions.meetings import Meetings
from tests.people.identity.people import Person


@dataclass(frozen=True)
class Feed:
    """A feed of somebody's, at its secret address."""

    meetings: Meetings
    made: Json

    @classmethod
    async def of(cls, meetings: Meetings, who: Person, cohort: Json | None = None) -> "Feed":
        body = {"cohort_id": cohort["id"] if cohort else None}
        return cls(meetings, await meetings.done(who, "POST", "/me/calendar-feeds", body))

    @property
    def path(self) -> str:
        return self.made["url"].partition("/v1")[2]

    async def asked(self, **headers: str) -> httpx.Response:
        """What whoever has the address is answered, without signing in."""
        client = self.meetings.network.client
        return await client.get(f"/v1{self.path}", headers=headers)

    async def events(self) -> list[Json]:
        answer = await self.asked()
        assert answer.status_code == 200, answer.text
        return events_in(answer.content)


def events_in(text: bytes) -> list[Json]:
    """The events of a calendar, each by what a person sees of it."""
    return [_event(one) for one in icalendar.Calendar.from_ical(text).events]


def _event(event: Any) -> Json:
    return {
        "uid": str(event["uid"]),
        "sequence": int(event["sequence"]),
        "status": str(event["status"]),
        "title": str(event["summary"]),
        "starts": f"{event.start:%Y-%m-%dT%H:%M%z}",
        "zone": event["dtstart"].params["tzid"],
        "minutes": event.duration.total_seconds() / 60,
        "place": str(event["location"]) if "location" in event else None,
        "link": str(event["url"]) if "url" in event else None,
    }
