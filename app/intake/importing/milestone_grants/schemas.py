"""What crosses the wire about an import of grants."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportMilestoneGrants(Request):
    """A file of grants paid by milestones, and where they are to lie."""

    file_id: UUID = Field(description="A JSON file that you have uploaded.")
    programme_id: UUID | None = Field(
        default=None,
        description="The programme under which they lie; null for one of the source's own.",
    )
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )
