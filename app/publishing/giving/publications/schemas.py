"""What crosses the wire about publications of grants."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.funding.grants.schemas import BelowGrant
from app.kernel import printable
from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Prose,
    Ref,
    Reference,
    Request,
    Response,
    Search,
    one_line,
)
from app.publishing.giving.publications.lifecycle import GrantPublicationStatus
from app.publishing.giving.standard.quality import LONGEST_TITLE, holds_email


def _without_address(text: str) -> str:
    """An address in a text is found by whoever looks for addresses."""
    if holds_email(text):
        detail = "Take the e-mail address out: everybody reads it."
        raise PydanticCustomError("address_in_text", "{detail}", {"detail": detail})
    return text


def _printable(text: str) -> str:
    """Several lines, none of which turns or hides what stands around it."""
    faults = (printable.fault(line) for line in text.splitlines() if line.strip())
    if found := next((one for one in faults if one), None):
        raise PydanticCustomError("not_printable", "{fault}", {"fault": found})
    return text


PublicTitle = Annotated[
    str, *one_line(LONGEST_TITLE, "PublicTitle"), AfterValidator(_without_address)
]
PublicSummary = Annotated[
    Prose,
    AfterValidator(_without_address),
    AfterValidator(_printable),
    Field(description="What the grant is for."),
]
PublishedIdentifier = Annotated[
    str,
    Field(
        min_length=6,
        max_length=100,
        pattern=r"^360G-[A-Za-z0-9._-]+$",
        description="By which everybody knows the grant for ever.",
        examples=["360G-pln-MS01-G04"],
    ),
]


class ProposeGrantPublication(Request):
    """The words in which everybody is told of a grant, without e-mail addresses."""

    title: PublicTitle
    summary: PublicSummary


class GrantPublicationOut(Response):
    """What of a grant everybody is told."""

    id: UUID
    identifier: str = Field(
        description="By which everybody knows the grant for ever.", examples=["360G-pln-MS01-G04"]
    )
    grant: Ref
    status: GrantPublicationStatus
    title: str
    summary: str
    is_told: bool = Field(
        description="Whether the open data of its fund have it now: it is published, and its grant "
        "was not taken back."
    )
    published_at: InstantOut | None = Field(description="When it was last published.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class GrantPublicationPage(Page[GrantPublicationOut]):
    """Some of the publications of grants."""


class GrantPublicationSort(StrEnum):
    OLDEST = "created_at"
    NEWEST = "-created_at"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class GrantPublicationQuery(BelowGrant, PageQuery):
    """Which publications of grants, in which order."""

    q: Search | None = None
    status: Several[GrantPublicationStatus] | None = None
    identifier: Several[PublishedIdentifier] | None = None
    fund_id: Several[UUID] | None = Field(None, description="Of grants that these funds pay.")
    fund_reference: Several[Reference] | None = None
    is_told: bool | None = Field(None, description="Whether the open data have it now.")
    published_from: InstantIn | None = None
    published_until: InstantIn | None = None
    sort: GrantPublicationSort = GrantPublicationSort.OLDEST
