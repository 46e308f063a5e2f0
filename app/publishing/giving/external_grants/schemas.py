"""What crosses the wire about grants of other funders."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import CurrencyCode, Day, InstantOut, Line, Response, Search


class ExternalOrganisationOut(Response):
    """An organisation as a file told of it."""

    id: UUID
    org_id: str = Field(description="Its identifier there.", examples=["GB-CHC-1164883"])
    name: str
    charity_number: str | None = Field(description="In the United Kingdom.")
    company_number: str | None = Field(description="In the United Kingdom.")
    city: str | None = Field(description="Where it is, as the file says.")
    postal_code: str | None = Field(description="Of its address.")


class ExternalFileOut(Response):
    """Where a grant was told."""

    id: UUID
    name: str = Field(description="The name of the file.")
    publisher: str | None = Field(description="Who published it, where it says so.")
    licence: str | None = Field(description="Under which licence, where it says so.")


class ExternalGrantOut(Response):
    """A grant that another funder published. Its amounts are those of ours, so that the two can be
    compared."""

    id: UUID
    identifier: str = Field(
        description="By which its funder publishes it.", examples=["360G-LBFEW-114001"]
    )
    title: str
    description: str
    awarded: Money = Field(description="What was awarded.")
    applied_for: Money | None = Field(description="What was applied for, where that is told.")
    disbursed: Money | None = Field(description="What was paid of it, where that is told.")
    awarded_on: date = Field(description="The day on which its funder awarded it.")
    starts_on: date | None
    ends_on: date | None
    programme_title: str | None = Field(description="Of which programme of its funder it is.")
    is_from_open_call: bool | None = Field(description="Whether anybody could apply for it.")
    funder: ExternalOrganisationOut
    recipient: ExternalOrganisationOut | None = Field(
        description="Null where a person received it."
    )
    file: ExternalFileOut
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ExternalGrantPage(Page[ExternalGrantOut]):
    """Some of the grants of other funders."""


class ExternalGrantSort(StrEnum):
    AWARDED = "awarded_on"
    AWARDED_DESCENDING = "-awarded_on"
    TITLE = "title"
    TITLE_DESCENDING = "-title"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ExternalGrantQuery(PageQuery):
    """Which grants of other funders, in which order."""

    q: Search | None = Field(
        None,
        description="Those with these words in their title. Who gave and who received is asked by "
        "`funder_id` and `recipient_id`, the identifier by `identifier`.",
    )
    identifier: Several[Line] | None = Field(None, description="Those with these identifiers.")
    currency: Several[CurrencyCode] | None = None
    funder_id: Several[UUID] | None = Field(None, description="Those that these gave.")
    recipient_id: Several[UUID] | None = Field(None, description="Those that these received.")
    file_id: Several[UUID] | None = Field(None, description="Those told last in these files.")
    is_from_open_call: bool | None = Field(None, description="Whether anybody could apply.")
    awarded_from: Day | None = None
    awarded_until: Day | None = None
    starts_from: Day | None = None
    starts_until: Day | None = None
    ends_from: Day | None = None
    ends_until: Day | None = None
    sort: ExternalGrantSort = ExternalGrantSort.AWARDED_DESCENDING
