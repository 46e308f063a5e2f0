"""What crosses the wire about an import of a questionnaire."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportOpenDataPathway(Request):
    """A questionnaire of ODI's Open Data Pathway, and where it is to lie."""

    file_id: UUID = Field(description="A JSON file that you have uploaded.")
    programme_id: UUID | None = Field(
        default=None,
        description="The programme under which it lies; null for one of the source's own.",
    )
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )
