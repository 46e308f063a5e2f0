"""What crosses the wire about merges."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import WithReason


class UndoMergeOrganisation(WithReason):
    """Which organisation was not the same as this one after all, and how that is known."""

    duplicate_id: UUID = Field(description="The one that was merged into this one.")
