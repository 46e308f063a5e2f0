"""What crosses the wire about organisations."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, AfterValidator, Field, StringConstraints, model_validator

from app.kernel.filters import Several
from app.kernel.naming import FormerNameOut
from app.kernel.paging import Page
from app.kernel.schemas import (
    Country,
    InstantOut,
    Name,
    Request,
    Response,
    Search,
    Url,
)
from app.people.organisations.identifiers import as_registered, fault
from app.people.organisations.models import OrganisationKind
from app.web.exports import ExportableQuery

ListCode = Annotated[
    str,
    StringConstraints(min_length=4, max_length=20, pattern=r"^[A-Z]{2}-[A-Z0-9_]+$"),
    Field(description="The register, by its code at org-id.guide.", examples=["GB-COH"]),
]
Number = Annotated[
    str,
    StringConstraints(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$"),
    Field(description="The number in that register.", examples=["09506232"]),
]
OrgId = Annotated[
    str,
    StringConstraints(
        min_length=6, max_length=81, pattern=r"^[A-Z]{2}-[A-Z0-9_]+-[A-Za-z0-9][A-Za-z0-9._/-]*$"
    ),
    Field(description="Register and number in one.", examples=["GB-COH-09506232"]),
]


class IdentifierIn(Request):
    """A public identifier of an organisation. Its number is kept as the register writes it, so
    sc123456 as SC123456, and 9506232 as 09506232."""

    list_code: ListCode
    number: Number

    @model_validator(mode="after")
    def _is_well_formed(self) -> Self:
        self.number = as_registered(self.list_code, self.number)
        if wrong := fault(self.list_code, self.number):
            raise ValueError(wrong)
        return self


def _each_once(identifiers: list[IdentifierIn]) -> list[IdentifierIn]:
    if len({(one.list_code, one.number) for one in identifiers}) < len(identifiers):
        raise ValueError("names an identifier twice")
    return identifiers


Identifiers = Annotated[list[IdentifierIn], Field(max_length=20), AfterValidator(_each_once)]


class CreateOrganisation(Request):
    """An organisation for the register."""

    name: Name
    kind: OrganisationKind
    country: Country | None = None
    website: Url | None = None
    identifiers: Identifiers = Field(default_factory=list)


class EditOrganisation(Request):
    """What is to change; `identifiers` replaces the whole list."""

    name: Name | MISSING = MISSING
    kind: OrganisationKind | MISSING = MISSING
    country: Country | MISSING | None = MISSING
    website: Url | MISSING | None = MISSING
    identifiers: Identifiers | MISSING = MISSING


class IdentifierOut(Response):
    """A public identifier of an organisation."""

    list_code: str
    number: str
    org_id: str = Field(
        description="The two in one, as open data writes it.", examples=["GB-COH-09506232"]
    )


class OrganisationOut(Response):
    """An organisation of the register."""

    id: UUID
    name: str
    kind: OrganisationKind
    country: str | None
    website: str | None
    identifiers: list[IdentifierOut]
    former_names: list[FormerNameOut] = Field(
        description="Names that it had, or under which it was in the register a second time."
    )
    merged_into_id: UUID | None = Field(
        description="The organisation that this one turned out to be; null for one of its own."
    )
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class OrganisationPage(Page[OrganisationOut]):
    """Some of the organisations."""


class OrganisationSort(StrEnum):
    NAME = "name"
    NAME_DESCENDING = "-name"
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class OrganisationQuery(ExportableQuery):
    """Which organisations, in which order."""

    q: Search | None = None
    kind: Several[OrganisationKind] | None = None
    country: Country | None = None
    identifier: OrgId | None = None
    sort: OrganisationSort = OrganisationSort.NAME
