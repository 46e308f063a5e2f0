"""What crosses the wire about data sets."""

from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import MISSING, Field, StringConstraints, model_validator

from app.kernel.paging import Page, PageQuery, Paging
from app.kernel.schemas import (
    Day,
    InstantIn,
    InstantOut,
    Name,
    Prose,
    Reason,
    Ref,
    Request,
    Response,
    Search,
    Url,
)
from app.network.collaborations.data_sets.models import DataAccess, Disposition
from app.network.collaborations.schemas import BelowCollaboration

Licence = Annotated[
    str,
    StringConstraints(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$"),
    Field(description="The SPDX identifier of its licence.", examples=["CC-BY-4.0", "ODbL-1.0"]),
]

FOR_SOME = frozenset({"NC", "ND"})
"""Parts of a licence's identifier that forbid some purpose, so that what it covers is not open."""


class Accessible(Request):
    """How accessible data is, and under which licence."""

    access: DataAccess
    licence: Licence | None = None

    @model_validator(mode="after")
    def _open_is_licensed_to_all(self) -> Self:
        if self.access == DataAccess.OPEN:
            if self.licence is None:
                raise ValueError("open data needs a licence")
            if FOR_SOME & set(self.licence.upper().split("-")):
                raise ValueError("open data may be used for any purpose; this licence forbids some")
        return self


class AddDataSet(Accessible):
    """Data that the collaboration works with."""

    name: Name
    description: Prose | None = None
    url: Url | None = None
    since_on: Day | None = Field(None, description="Since when it is so; today unless said.")
    first_used_on: Day | None = Field(
        default=None, description="When somebody first used it, or it was published."
    )


class EditDataSet(Request):
    """What is to change; access and licence change by `change-access`."""

    name: Name | MISSING = MISSING
    description: Prose | MISSING | None = MISSING
    url: Url | MISSING | None = MISSING
    first_used_on: Day | MISSING | None = Field(
        default=MISSING, description="When somebody first used it, or it was published."
    )
    disposition: Disposition | MISSING | None = Field(
        default=MISSING, description="What becomes of it when the collaboration ends."
    )
    disposition_note: Prose | MISSING | None = MISSING


class ChangeAccess(Accessible):
    """How accessible it is from now on."""

    reason: Reason
    since_on: Day | None = Field(None, description="From which day; today unless said.")


class DataSetOut(Response):
    """A data set of a collaboration."""

    id: UUID
    collaboration: Ref
    name: str
    description: str | None
    url: str | None
    access: DataAccess
    licence: str | None
    first_used_on: Day | None = Field(
        description="When somebody first used it, or it was published."
    )
    disposition: Disposition | None = Field(
        description="What becomes of it when the collaboration ends."
    )
    disposition_note: str | None
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class DataSetPage(Page[DataSetOut]):
    """Some of the data sets."""


class DataSetSort(StrEnum):
    NAME = "name"
    NAME_DESCENDING = "-name"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class DataSetsOfOneQuery(PageQuery):
    """Which data sets of a collaboration, in which order."""

    q: Search | None = None
    access: DataAccess | None = None
    first_used_from: Day | None = None
    first_used_until: Day | None = None
    sort: DataSetSort = DataSetSort.NAME


class DataSetQuery(DataSetsOfOneQuery, BelowCollaboration):
    """Which data sets, in which order."""

    licence: Licence | None = None


class AccessChangeOut(Response):
    """From a day on it was as accessible as this."""

    id: UUID
    from_access: DataAccess | None = Field(description="Null where it began.")
    to_access: DataAccess
    licence: str | None
    since_on: Day
    reason: str | None
    recorded_at: InstantOut


class AccessChangePage(Page[AccessChangeOut]):
    """Some of the changes of access of a data set."""


class AccessChangeQuery(Paging):
    """A page of the changes of access of a data set."""

    since_from: Day | None = None
    since_until: Day | None = None
    recorded_from: InstantIn | None = None
    recorded_until: InstantIn | None = None
