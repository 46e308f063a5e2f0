"""What crosses the wire about checks of grantees."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.funding.grants.due_diligence.models import CheckKind
from app.funding.grants.due_diligence.standing import CheckOutcome, CheckStanding
from app.funding.grants.schemas import BelowGrant
from app.kernel.filters import Several
from app.kernel.paging import Page, Paging
from app.kernel.schemas import (
    Day,
    InstantIn,
    InstantOut,
    Prose,
    Ref,
    Request,
    Response,
    Url,
)
from app.people.files.schemas import AttachedFileOut


class RecordDueDiligenceCheck(Request):
    """What was looked at, and what was found."""

    kind: CheckKind
    outcome: CheckOutcome
    done_on: Day = Field(description="By the calendar of the cohort; not after today.")
    expires_on: Day | None = Field(
        default=None, description="The last day on which it holds; null where it does not lapse."
    )
    note: Prose | None = Field(
        default=None, description="What was found; must be said of what failed or was waived."
    )
    file_id: UUID | None = Field(default=None, description="A file that you uploaded as evidence.")
    url: Url | None = Field(default=None, description="Where the evidence is, instead of a file.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.expires_on is not None and self.expires_on < self.done_on:
            raise ValueError("expires before it is done")
        if self.outcome is not CheckOutcome.PASSED and self.note is None:
            raise ValueError("needs a note: why it failed, or is waived")
        if self.file_id is not None and self.url is not None:
            raise ValueError("has both file_id and url")
        return self


class RecordDueDiligenceChecks(Request):
    """Several checks of one grantee, recorded together."""

    items: list[RecordDueDiligenceCheck] = Field(min_length=1, max_length=20)


class DueDiligenceCheckOut(Response):
    """One thing that was looked at about a grantee, and what was found."""

    id: UUID
    grant: Ref
    kind: CheckKind
    outcome: CheckOutcome
    done_by: Ref
    done_on: date
    expires_on: date | None = Field(description="The last day on which it holds.")
    note: str | None
    file: AttachedFileOut | None
    url: str | None
    is_current: bool = Field(description="No later check of its kind has taken its place.")
    is_expired: bool = Field(description="Its last day has passed, where the cohort is.")
    recorded_at: InstantOut


class DueDiligenceChecksOut(Response):
    """Checks that were recorded together."""

    items: list[DueDiligenceCheckOut]


class DueDiligenceCheckPage(Page[DueDiligenceCheckOut]):
    """Some of the checks, newest first."""


class GrantDueDiligenceQuery(Paging):
    """Which checks of a grant."""

    kind: Several[CheckKind] | None = None
    outcome: CheckOutcome | None = None
    is_current: bool | None = None
    is_expired: bool | None = Field(
        default=None, description="Whether the last day on which it holds has passed."
    )
    done_from: Day | None = None
    done_until: Day | None = None
    expires_from: Day | None = None
    expires_until: Day | None = None
    recorded_from: InstantIn | None = None
    recorded_until: InstantIn | None = None


class DueDiligenceCheckQuery(GrantDueDiligenceQuery, BelowGrant):
    """Which checks of those you may read."""


class DueDiligenceKindOut(Response):
    """How one kind of check stands today."""

    kind: CheckKind
    is_required: bool
    standing: CheckStanding
    check: DueDiligenceCheckOut | None = Field(description="The latest of this kind.")


class DueDiligenceOut(Response):
    """What is known of the grantee, by kind of check."""

    grant: Ref
    is_complete: bool = Field(description="All that is required was passed or waived, and holds.")
    kinds: list[DueDiligenceKindOut] = Field(
        description="Those that are required or were looked at."
    )


def _each_once(kinds: list[CheckKind]) -> list[CheckKind]:
    if len(set(kinds)) < len(kinds):
        raise ValueError("names a kind twice")
    return kinds


class EditDueDiligencePolicy(Request):
    """The checks that are asked for from now on."""

    required_kinds: Annotated[
        list[CheckKind], Field(max_length=len(CheckKind)), AfterValidator(_each_once)
    ]


class DueDiligencePolicyOut(Response):
    """The checks that a programme asks for before it offers a grant."""

    programme_id: UUID
    required_kinds: list[CheckKind]
    version: int = Field(description="0 while the programme has not said.")
