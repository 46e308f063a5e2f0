"""What crosses the wire about recoveries."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.funding.funds.references import Numbered
from app.funding.funds.schemas import AmountIn
from app.funding.grants.recoveries.lifecycle import RecoveryStatus
from app.funding.grants.schemas import BelowGrant
from app.kernel.endorsements import EndorsementOut
from app.kernel.filters import Several
from app.kernel.money import Money
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    Day,
    InstantOut,
    Prose,
    Reason,
    Ref,
    Request,
    Response,
)


class ProposeRecovery(Request):
    """What a grantee is to pay back, and why."""

    amount: AmountIn
    reason: Reason


class ReceiveRecovery(Request):
    """What the grantee paid back."""

    amount: AmountIn
    effective_on: Day = Field(description="The day on which the bank booked it.")
    bank_reference: Numbered = Field(
        description="What the bank calls it: once in a fund for what grantees pay back. Letters "
        "and digits alone count.",
        examples=["FT22131-0077"],
    )
    note: Prose | None = None


class ReverseRecovery(Request):
    """Which receipt of a recovery was recorded wrongly, and why."""

    bank_reference: Numbered = Field(
        description="The receipt that is undone, by what the bank calls it.",
        examples=["FT22131-0077"],
    )
    effective_on: Day = Field(
        description="The day on which it is undone: that of the receipt or a later one."
    )
    reason: Reason


class RecoveryOut(Response):
    """An amount that was paid to a grantee and is to come back."""

    id: UUID
    grant: Ref
    fund: Ref = Field(description="The fund that paid it, to which it comes back.")
    status: RecoveryStatus
    reason: str = Field(description="Why it is to come back.")
    amount: Money
    received: Money = Field(description="What came back so far, by the ledger.")
    written_off: Money = Field(description="What was given up, by the ledger.")
    outstanding: Money = Field(
        description="What is agreed and neither came back nor was written off."
    )
    endorsements: list[EndorsementOut] = Field(
        description="The first of two persons' words, waiting for the second; empty for whoever is "
        "not of its audience."
    )
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class RecoveryPage(Page[RecoveryOut]):
    """Some of the recoveries."""


class RecoverySort(StrEnum):
    CREATED = "created_at"
    CREATED_DESCENDING = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class GrantRecoveryQuery(PageQuery):
    """Which recoveries of a grant, in which order."""

    status: Several[RecoveryStatus] | None = None
    sort: RecoverySort = RecoverySort.CREATED


class RecoveryQuery(BelowGrant, GrantRecoveryQuery):
    """Which recoveries, in which order."""
