"""What an opening of books is told of, and what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from pydantic import Field

from app.kernel.money import Money
from app.kernel.schemas import Response


@dataclass(frozen=True)
class Paid:
    """That an accepted milestone was paid before there were books, as far as that is known."""

    on: date | None = None
    bank_reference: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Who funds the programme, where it does not say; which milestones were paid; and of which that
    is assumed, where their grants come into the books."""

    funder_id: UUID | None
    paid: Mapping[UUID, Paid]
    assumed: Mapping[UUID, Paid] = field(default_factory=dict[UUID, Paid])


class OpenedGrantOut(Response):
    """A grant that came into the books, and what they hold for it."""

    reference: str
    title: str
    fund: str = Field(description="The reference of the fund that pays it from now on.")
    award: Money = Field(description="What was received for it.")
    reserved: Money
    committed: Money
    payable: Money
    disbursed: Money = Field(description="What it was paid before.")


class OpenedFundOut(Response):
    """A fund in whose books grants came, and what it holds now."""

    reference: str
    name: str
    programme: str = Field(description="The reference of its programme.")
    received: Money
    unallocated: Money
    reserved: Money
    committed: Money
    payable: Money
    disbursed: Money


class LeftOutOut(Response):
    """A grant that did not come into the books, or a line of what was paid that was not taken."""

    reference: str
    title: str | None
    code: str = Field(description="Why, as a stable word.")
    detail: str = Field(description="Why, as a sentence.")


class OpeningReport(Response):
    """What an opening of books did, or would do."""

    is_dry_run: bool
    funds: list[OpenedFundOut]
    grants: list[OpenedGrantOut]
    already_there: int = Field(description="How many grants are in the books of a fund before.")
    paid: int = Field(description="How many milestones were found paid before.")
    left_out: list[LeftOutOut]
