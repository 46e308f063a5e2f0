"""What crosses the wire about calendar feeds."""

from uuid import UUID

from pydantic import Field

from app.kernel.paging import Page, Paging
from app.kernel.schemas import InstantIn, InstantOut, Ref, Request, Response


class CreateCalendarFeed(Request):
    """A feed of my sessions."""

    cohort_id: UUID | None = Field(None, description="Of this cohort alone; null: of all I see.")


class CalendarFeedOut(Response):
    """A feed of mine that has not been revoked."""

    id: UUID
    cohort: Ref | None = Field(description="Of which cohort alone; null: of all I see.")
    created_at: InstantOut


class NewCalendarFeedOut(CalendarFeedOut):
    """A feed, with the address that is shown this once."""

    url: str = Field(
        description="What a calendar program subscribes to. Whoever has it reads the sessions; it "
        "is good for nothing else."
    )


class CalendarFeedPage(Page[CalendarFeedOut]):
    """Some of my calendar feeds, the latest first."""


class CalendarFeedQuery(Paging):
    """A page of my calendar feeds."""

    created_from: InstantIn | None = None
    created_until: InstantIn | None = None
