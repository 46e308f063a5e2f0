"""What is said about announcements."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from app.background.mail import LetterDeliveryOut
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery, Paging
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Name,
    Prose,
    Ref,
    Request,
    Response,
    Search,
    TimeZone,
)
from app.network.cohorts.announcements.lifecycle import AnnouncementStatus
from app.network.cohorts.announcements.models import Audience
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme

To = Annotated[
    Audience,
    Field(
        description="`members`: everyone who works in a member that is active or on leave; "
        "`leads`: those who speak for one; `joining`: everyone who works in a member that has "
        "accepted its place and is not active yet. Who that is, is settled when it is sent."
    ),
]
ToOne = Annotated[
    UUID | None, Field(description="Those of this membership alone; null for all members.")
]


class CreateAnnouncement(Request):
    """Something to tell the members of a cohort."""

    title: Name
    body: Prose
    audience: To = Audience.MEMBERS
    membership_id: ToOne = None


class EditAnnouncement(Request):
    """What is to be changed; what is left out stays."""

    title: Name | MISSING = MISSING
    body: Prose | MISSING = MISSING
    audience: To | MISSING = MISSING
    membership_id: ToOne | MISSING = MISSING


class ScheduleAnnouncement(Request):
    """When it is to be sent."""

    publish_at: InstantIn
    timezone: TimeZone | None = Field(
        None, description="Where that was read off the clock; by default the cohort's zone."
    )


class AnnouncementOut(Response):
    """What the members of a cohort are told."""

    id: UUID
    cohort: Ref
    status: AnnouncementStatus
    title: str
    body: str
    audience: Audience
    membership_id: UUID | None = Field(description="The one member that it is for; null for all.")
    author: Ref = Field(description="Who wrote it.")
    publish_at: InstantOut | None = Field(description="When it is, or was, to be sent.")
    timezone: str | None = Field(
        description="The zone of `publish_at`.", examples=["Europe/London"]
    )
    sent_at: InstantOut | None
    recipient_count: int | None = Field(description="To how many people it was sent.")
    version: int
    available_actions: list[ActionOut]
    created_at: InstantOut
    updated_at: InstantOut


class AnnouncementPage(Page[AnnouncementOut]):
    """Some of the announcements."""


class AnnouncementSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_BACKWARDS = "-updated_at"


class AnnouncementFilters(PageQuery):
    """Which announcements of a cohort, in which order."""

    q: Search | None = None
    status: Several[AnnouncementStatus] | None = None
    publish_from: InstantIn | None = None
    publish_until: InstantIn | None = None
    sent_from: InstantIn | None = None
    sent_until: InstantIn | None = None
    sort: AnnouncementSort = AnnouncementSort.NEWEST


class AnnouncementQuery(AnnouncementFilters, BelowProgramme, BelowCohort):
    """Which announcements, in which order."""


class DeliveryOut(Response):
    """A person to whom an announcement was sent."""

    person: Ref
    membership_id: UUID = Field(description="As one of whose people they were told.")
    is_mailed: bool = Field(description="Whether it was also mailed.")
    delivery: LetterDeliveryOut | None = Field(
        description="How far the letter has come; null where none was mailed, and after 30 days."
    )


class DeliveryPage(Page[DeliveryOut]):
    """Some of those to whom an announcement was sent."""


class DeliveryQuery(Paging):
    """A page of those to whom an announcement was sent."""
