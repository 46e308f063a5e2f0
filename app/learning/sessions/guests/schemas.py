"""What crosses the wire about guests."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Email,
    InstantIn,
    InstantOut,
    Name,
    Ref,
    Request,
    Response,
)
from app.learning.sessions.guests.lifecycle import SessionGuestStatus
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme
from app.people.identity.emails import normalised


class InviteGuest(Request):
    """Who is invited."""

    name: Name
    email: Email


class SessionGuestOut(Response):
    """Somebody from outside who is invited to one session."""

    id: UUID
    learning_session: Ref = Field(description="The session.")
    name: str
    email: str
    status: SessionGuestStatus
    invited_by: Ref = Field(description="Who invited them.")
    answered_at: InstantOut | None = Field(description="When they answered.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class NewSessionGuestOut(Response):
    """A guest who was just invited."""

    id: UUID
    status: SessionGuestStatus
    link: str | None = Field(
        description="The link that is theirs, shown this once; null where it is mailed to them."
    )


class GuestReply(StrEnum):
    YES = "yes"
    NO = "no"


class AnswerAsGuest(Request):
    """What a guest answers."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="What stands behind the `#` of the link."
    )
    reply: GuestReply = Field(description="Whether you come.")


class GuestAnswerOut(Response):
    """What a guest is told once they have answered; where it is, if they come."""

    title: str
    starts_at: InstantOut = Field(description="When it begins, RFC 3339, in UTC.")
    ends_at: InstantOut = Field(description="When it ends, RFC 3339, in UTC.")
    timezone: str = Field(description="IANA time zone.", examples=["Europe/London"])
    status: SessionGuestStatus
    place: str | None = Field(description="Where it is held.")
    link: str | None = Field(description="Where one joins it.")


class SessionGuestPage(Page[SessionGuestOut]):
    """Some of the guests."""


class SessionGuestSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class SessionGuestFilters(PageQuery):
    """Which guests of a session, in which order."""

    status: Several[SessionGuestStatus] | None = None
    answered_from: InstantIn | None = None
    answered_until: InstantIn | None = None
    sort: SessionGuestSort = SessionGuestSort.OLDEST


class SessionGuestQuery(BelowProgramme, BelowCohort, SessionGuestFilters):
    """Which guests, in which order."""

    learning_session_id: Several[UUID] | None = Field(None, description="Those of these sessions.")
    email: Annotated[Email, AfterValidator(normalised)] | None = Field(
        None, description="Invited under this address."
    )
