"""What crosses the wire about minutes."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Url,
)
from app.learning.sessions.minutes.lifecycle import SessionMinutesStatus
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class LinkIn(Request):
    """Something to read on."""

    title: Name
    url: Url


class RecordingIn(Request):
    """A recording, and who is heard in it."""

    title: Name
    url: Url
    segment: Name | None = Field(
        None, description="The title of the part of the agenda; null: all of the session."
    )
    account_ids: list[UUID] = Field(
        max_length=200, description="Who is heard: people who take part in the session."
    )


Recap = Annotated[Prose, Field(description="What others are to know of it.")]
Links = Annotated[list[LinkIn], Field(max_length=50, description="What to read on.")]
LearningIds = Annotated[
    list[UUID], Field(max_length=50, description="The learnings that came of it.")
]
Recordings = Annotated[
    list[RecordingIn],
    Field(max_length=50, description="Told of where each who is heard has said yes to it."),
]


class CreateSessionMinutes(Request):
    """What was said in a session."""

    recap: Recap
    links: Links = Field(default_factory=list[LinkIn])
    learning_ids: LearningIds = Field(default_factory=list[UUID])
    recordings: Recordings = Field(default_factory=list[RecordingIn])


class EditSessionMinutes(Request):
    """What is to change; what is left out stays."""

    recap: Recap | MISSING = MISSING
    links: Links | MISSING = MISSING
    learning_ids: LearningIds | MISSING = MISSING
    recordings: Recordings | MISSING = MISSING


class LinkOut(Response):
    """Something to read on."""

    url: str
    title: str


class RecordingOut(Response):
    """A recording of a session."""

    title: str
    url: str
    segment: str | None = Field(description="Of which part; null: of all of it.")


class SessionMinutesOut(Response):
    """The minutes of a session. Until they are published only those who write them see them."""

    id: UUID
    learning_session: Ref = Field(description="The session.")
    status: SessionMinutesStatus
    recap: str = Field(description="What others are to know of it.")
    links: list[LinkOut] = Field(description="What to read on.")
    learning_ids: list[UUID] = Field(description="The learnings that came of it.")
    recordings: list[RecordingOut] = Field(
        description="Those in which everybody who is heard has said yes to it, and has not said no "
        "since."
    )
    published_at: InstantOut | None = Field(description="When they were published.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class SessionMinutesPage(Page[SessionMinutesOut]):
    """Some of the minutes."""


class SessionMinutesSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SessionMinutesQuery(BelowProgramme, BelowCohort, PageQuery):
    """Which minutes, in which order."""

    learning_session_id: Several[UUID] | None = Field(None, description="Those of these sessions.")
    status: Several[SessionMinutesStatus] | None = None
    published_from: InstantIn | None = None
    published_until: InstantIn | None = None
    sort: SessionMinutesSort = SessionMinutesSort.OLDEST
