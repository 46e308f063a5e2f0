"""What crosses the wire about disclosures."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field, StrictBool

from app.kernel.filters import Several
from app.kernel.paging import Page, PageQuery
from app.kernel.schemas import (
    ActionOut,
    InstantIn,
    InstantOut,
    Ref,
    Request,
    Response,
)
from app.learning.trust.disclosures.lifecycle import DisclosureStatus
from app.learning.trust.disclosures.models import DisclosedTo
from app.network.collaborations.schemas import BelowCollaboration


class GrantDisclosure(Request):
    """To whom results are shown, and until when."""

    shown_to: DisclosedTo = Field(
        description="`cohort`: to all who take part in it; `member`: to the people of one member."
    )
    to_membership_id: UUID | None = Field(
        default=None, description="That member, of the same cohort."
    )
    with_comments: StrictBool = Field(
        default=False,
        description="Whether what was written of the member is shown too, as far as it was "
        "moderated: of an attributed round what its own people wrote, of others all that it reads "
        "itself but what partners said of their trust in it.",
    )
    ends_at: InstantIn | None = Field(
        default=None,
        description="From when on nothing is shown any more; null: until it is taken back.",
    )


class DisclosureOut(Response):
    """That a member shows what was published of it to others."""

    id: UUID
    result_set_id: UUID
    membership_id: UUID
    collaboration: Ref
    status: DisclosureStatus
    shown_to: DisclosedTo = Field(description="To whom.")
    to_membership_id: UUID | None = Field(description="The member that it is shown to, if to one.")
    with_comments: bool = Field(
        description="Whether what was written of the member is shown too, as far as others may "
        "read it."
    )
    ends_at: InstantOut | None
    is_in_force: bool = Field(description="Whether anything is shown by it now.")
    revoked_at: InstantOut | None
    available_actions: list[ActionOut]
    version: int
    created_at: InstantOut
    updated_at: InstantOut


class DisclosurePage(Page[DisclosureOut]):
    """Some of the disclosures."""


class DisclosureSort(StrEnum):
    """In which order."""

    OLDEST = "created_at"
    NEWEST = "-created_at"
    UPDATED = "updated_at"
    UPDATED_DESCENDING = "-updated_at"


class DisclosureQuery(BelowCollaboration, PageQuery):
    """Which disclosures, in which order."""

    result_set_id: Several[UUID] | None = Field(None, description="Those of these results.")
    membership_id: Several[UUID] | None = Field(None, description="Those by these members.")
    status: Several[DisclosureStatus] | None = None
    with_comments: bool | None = None
    ends_from: InstantIn | None = None
    ends_until: InstantIn | None = None
    revoked_from: InstantIn | None = None
    revoked_until: InstantIn | None = None
    sort: DisclosureSort = DisclosureSort.OLDEST
