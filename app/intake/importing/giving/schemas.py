"""What crosses the wire about an import of grants that others published."""

from uuid import UUID

from pydantic import Field

from app.kernel.schemas import Request


class ImportExternalGrants(Request):
    """A file of grants by the 360Giving Data Standard."""

    file_id: UUID = Field(description="A JSON, CSV or XLSX file that you have uploaded.")
    dry_run: bool = Field(
        default=False, description="Whether to say what would happen, and leave nothing behind."
    )
