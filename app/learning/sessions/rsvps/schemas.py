"""What crosses the wire about RSVPs."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery, ViewedFrom
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Prose,
    Reason,
    Ref,
    Request,
    Response,
)
from app.learning.sessions.rsvps.lifecycle import RsvpStatus
from app.learning.sessions.schemas import InTimeZone
from app.network.collaborations.schemas import BelowCollaboration


class Reply(StrEnum):
    """What is replied. A yes to a session that is full waits for a seat."""

    YES = "yes"
    TENTATIVE = "tentative"
    NO = "no"


class ReplyToSession(Request):
    """Whether one comes."""

    reply: Reply
    reason: Reason | None = Field(None, description="Why, where one would say so.")


class DelegateRsvp(Request):
    """Who goes instead."""

    account_id: UUID = Field(description="Somebody of the same collaboration.")


class SayNeeds(Request):
    """What somebody needs in order to take part. It is shown to whoever leads the session."""

    access: Prose | None = Field(description="For instance captions, a ramp, or breaks.")
    dietary: Prose | None = Field(description="What they do not eat or drink.")


class NeedsOut(Response):
    """What somebody needs in order to take part."""

    id: UUID
    account: Ref = Field(description="Whose needs they are.")
    access: str | None = Field(description="What they need to take part.")
    dietary: str | None = Field(description="What they do not eat or drink.")


class SessionNeedsOut(Response):
    """The needs of those who may come to a session, by name."""

    learning_session_id: UUID = Field(description="The session.")
    people: list[NeedsOut] = Field(description="Those who said what they need.")


class SeatsOut(Response):
    """How many come to a session: nobody to one that was cancelled."""

    learning_session_id: UUID = Field(description="The session.")
    capacity: int | None = Field(description="For how many there is room; null: for all.")
    taken: int = Field(description="Seats that are taken or offered.")
    guests: int = Field(description="How many of those are kept for guests from outside.")
    free: int | None = Field(description="Seats that are left; null: as many as come.")
    tentative: int = Field(description="How many may come, and have no seat.")
    waiting: int = Field(description="How many wait for a seat.")


class RsvpOut(Response):
    """Whether somebody comes to a session."""

    id: UUID
    learning_session: Ref = Field(description="The session.")
    in_timezone: InTimeZone
    account: Ref = Field(description="Whose reply it is.")
    membership_id: UUID | None = Field(
        description="The member for whom they come; null: for none, as an adviser."
    )
    collaboration: Ref | None = Field(description="The collaboration of that member.")
    status: RsvpStatus
    reason: str | None = Field(description="Why, where they said so.")
    replied_at: InstantOut | None = Field(
        description="When they said so; null: they did not. A `yes` stands in for somebody and is "
        "yet to be confirmed; a `no` is of somebody who takes part no more, and is asked again "
        "should they do."
    )
    replied_for: InstantOut | None = Field(
        description="When the session was to begin when they said so."
    )
    is_asked_again: bool = Field(
        description="Whether the session was moved by more than half an hour since, or they stand "
        "in for somebody: reply again to confirm. Until then the reply stands, and the seat too. "
        "Also of a `no` that they did not say."
    )
    is_clashing: bool = Field(
        description="Whether they come to another session at the same time, or lead one. It is a "
        "warning: nothing is refused for it."
    )
    waiting_since: InstantOut | None = Field(description="Since when they wait for a seat.")
    offered_at: InstantOut | None = Field(description="When a seat was offered to them last.")
    offer_expires_at: InstantOut | None = Field(description="Until when that offer stands.")
    delegated_to: Ref | None = Field(description="Who goes instead.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RsvpPage(Page[RsvpOut]):
    """Some of the RSVPs."""


class RsvpSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class RsvpFilters(PageQuery, ViewedFrom):
    """Which RSVPs of a session, in which order."""

    status: Several[RsvpStatus] | None = None
    account_id: Several[UUID] | None = Field(None, description="Those of these people.")
    replied_from: InstantIn | None = None
    replied_until: InstantIn | None = None
    offered_from: InstantIn | None = None
    offered_until: InstantIn | None = None
    offer_expires_from: InstantIn | None = None
    offer_expires_until: InstantIn | None = None
    sort: RsvpSort = RsvpSort.OLDEST


class RsvpQuery(RsvpFilters, BelowCollaboration):
    """Which RSVPs, in which order."""

    learning_session_id: Several[UUID] | None = Field(None, description="Those to these sessions.")
    membership_id: Several[UUID] | None = None
