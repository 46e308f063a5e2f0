"""What crosses the wire about expectations."""

from enum import StrEnum
from uuid import UUID

from pydantic import MISSING, Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import Code, Count, InstantOut, Line, Prose, Ref, Request, Response
from app.network.programmes.expectations.models import ExpectationKind
from app.network.programmes.schemas import BelowProgramme


class CreateExpectation(Request):
    """Something that each collaboration of the programme is asked about itself."""

    kind: ExpectationKind
    key: Code = Field(description="A short name, unique in the programme and unchanging.")
    title: Line
    prompt: Prose | None = Field(default=None, description="What to think of in answering.")
    position: Count = Field(default=0, description="Lower ones are asked first.")


class EditExpectation(Request):
    """What is to change; answers that were given stand."""

    title: Line | MISSING = MISSING
    prompt: Prose | MISSING | None = MISSING
    position: Count | MISSING = MISSING


class ExpectationOut(Response):
    """A criterion or a principle of a programme."""

    id: UUID
    programme: Ref
    kind: ExpectationKind
    key: str
    title: str
    prompt: str | None
    position: int
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class ExpectationPage(Page[ExpectationOut]):
    """Some of the expectations of a programme."""


class ExpectationSort(StrEnum):
    POSITION = "position"
    POSITION_DESCENDING = "-position"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class ExpectationQuery(PageQuery):
    """Which expectations of a programme, in which order."""

    kind: Several[ExpectationKind] | None = None
    sort: ExpectationSort = ExpectationSort.POSITION


class AllExpectationsQuery(BelowProgramme, ExpectationQuery):
    """Which expectations, of all programmes that you may see."""
