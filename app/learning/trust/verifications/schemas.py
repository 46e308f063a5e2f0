"""What crosses the wire about verifications."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import ActionOut, InstantOut, Prose, Ref, Request, Response
from app.learning.trust.framework import StableKey
from app.learning.trust.rounds.models import Confidentiality
from app.learning.trust.verifications.lifecycle import VerificationStatus
from app.learning.trust.verifications.models import VerificationVerdict
from app.network.collaborations.schemas import BelowCohort
from app.network.programmes.schemas import BelowProgramme


class GiveVerification(Request):
    """What somebody outside says of an answer."""

    question: StableKey = Field(description="The key of the question that the sheet answers.")
    verdict: VerificationVerdict = Field(description="Whether what is shown supports the answer.")
    note: Prose | None = Field(default=None, description="What was looked at, and what was seen.")


class VerificationOut(Response):
    """What somebody outside says of an answer. Only `supports` counts, for a year."""

    id: UUID
    round_id: UUID = Field(description="The round.")
    sheet_id: UUID = Field(description="The sheet.")
    confidentiality: Confidentiality = Field(description="That of the round: who else reads it.")
    question: str = Field(description="The key of the question.")
    status: VerificationStatus
    account: Ref = Field(description="Who says so.")
    verdict: VerificationVerdict = Field(description="Whether what is shown supports the answer.")
    note: str | None = Field(description="What was looked at, and what was seen.")
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class VerificationPage(Page[VerificationOut]):
    """Some of the verifications."""


class VerificationSort(StrEnum):
    """In which order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class VerificationQuery(BelowProgramme, BelowCohort, PageQuery):
    """Which verifications, in which order."""

    round_id: Several[UUID] | None = Field(None, description="Of these rounds.")
    sheet_id: Several[UUID] | None = Field(None, description="Of these sheets.")
    account_id: Several[UUID] | None = Field(None, description="Those by these people.")
    question: Several[StableKey] | None = Field(None, description="Of these questions.")
    status: Several[VerificationStatus] | None = None
    verdict: Several[VerificationVerdict] | None = Field(None, description="Those that say so.")
    sort: VerificationSort = VerificationSort.OLDEST
