"""What crosses the wire about duplicates."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Response, WithReason
from app.people.organisations.models import OrganisationKind


class MergeOrganisation(WithReason):
    """Which organisation of the register is the same as this one, and how that is known."""

    duplicate_id: UUID = Field(description="The one that goes.")


class DuplicateOut(Response):
    """An organisation that may be the same."""

    id: UUID
    name: str
    kind: OrganisationKind
    country: str | None
    website: str | None
    likeness: float = Field(
        description="How much the names have in common, by groups of three letters: 0 to 1."
    )
    has_same_website: bool


class DuplicatesOut(Response):
    """Organisations that may be the same as this one, the likeliest first; at most twenty."""

    items: list[DuplicateOut]
