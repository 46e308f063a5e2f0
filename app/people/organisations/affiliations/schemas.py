"""What crosses the wire about affiliations."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Day, InstantIn, InstantOut, Line, Ref, Request, Response


class CreateAffiliation(Request):
    """Who works for the organisation, and as what."""

    account_id: UUID | None = Field(
        default=None, description="The account of the person; yours unless said."
    )
    title: Line | None = Field(default=None, description="As what.", examples=["Data steward"])
    since_on: Day | None = Field(default=None, description="Since when; null where unknown.")


class EditAffiliation(Request):
    """What is to change."""

    title: Line | MISSING | None = MISSING
    since_on: Day | MISSING | None = MISSING


class AffiliationOut(Response):
    """A person works for an organisation, or did."""

    id: UUID
    organisation: Ref
    account: Ref = Field(description="The person's account.")
    title: str | None
    since_on: Day | None
    ended_on: Day | None = Field(description="The last day; null while it lasts.")
    entered_by: Ref = Field(description="Who said so: the person, or whoever vouched for it.")
    confirmed_at: InstantOut | None = Field(description="When the person said so too.")
    contested_at: InstantOut | None = Field(
        description="When the person said that it is not so; it counts until it is put right."
    )
    withdrawn_at: InstantOut | None = Field(
        description="When it was found to be a mistake: it counts for nothing."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class AffiliationPage(Page[AffiliationOut]):
    """Some of the affiliations."""


class AffiliationSort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class AffiliationsOfOneQuery(PageQuery):
    """Which affiliations with an organisation."""

    is_current: bool | None = Field(default=None, description="Those that last, or have ended.")
    since_from: Day | None = None
    since_until: Day | None = None
    ended_from: Day | None = None
    ended_until: Day | None = None
    confirmed_from: InstantIn | None = None
    confirmed_until: InstantIn | None = None
    contested_from: InstantIn | None = None
    contested_until: InstantIn | None = None
    withdrawn_from: InstantIn | None = None
    withdrawn_until: InstantIn | None = None
    sort: AffiliationSort = AffiliationSort.CREATED


class AffiliationQuery(AffiliationsOfOneQuery):
    """Which affiliations."""

    organisation_id: Several[UUID] | None = None
    account_id: Several[UUID] | None = None
